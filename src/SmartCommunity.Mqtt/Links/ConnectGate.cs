using System.Net;
using System.Text;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Mqtt.Open;
using SmartCommunity.Mqtt.Topics;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Links;

/// <summary>A last will: a state message that is posted when the connection ends without a DISCONNECT.</summary>
internal sealed record LastWill(byte[] Payload);

/// <summary>Decides who may connect, and as what.</summary>
internal sealed class ConnectGate(EdgeServices services)
{
    /// <summary>
    /// Judges a CONNECT: names, credential, will. The token is the user name; or the user name is the device id and the token the password; or the device has a
    /// user name and a password of its own. Without a user name a client may be a guest of the open topics, where there are any.
    /// </summary>
    public async ValueTask<(ReasonCode Code, ILinkSession? Session)> OpenAsync(MqttLink link, MqttConnectPacket packet, MqttPacketFormatterAdapter formatter)
    {
        if (FaultOf(packet, link.IsVersion5) is var fault && fault != ReasonCode.Success)
        {
            return (fault, null);
        }

        if (string.IsNullOrEmpty(packet.Username))
        {
            return services.Open.IsOn && link.RemoteEndPoint is IPEndPoint { Address: var address } && IPAddress.IsLoopback(address)
                ? services.Open.Enter(link, packet, formatter)
                : (ReasonCode.BadCredential, null);
        }

        return await OpenDeviceAsync(link, packet);
    }

    private async ValueTask<(ReasonCode Code, ILinkSession? Session)> OpenDeviceAsync(MqttLink link, MqttConnectPacket packet)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(services.Options.StallTimeoutSeconds), services.Clock);
        var stamp = services.Registry.Stamp;
        DeviceRoute? route;
        try
        {
            route = await FindAsync(packet, timeout.Token);
        }
        catch (Exception e) when (e is not InvalidOperationException)
        {
            Log.LookupFailed(services.Log, e);
            return (ReasonCode.ServerUnavailable, null);
        }

        if (route is null)
        {
            return (ReasonCode.BadCredential, null);
        }

        var isWillOwn = !packet.WillFlag || packet.WillTopic == TopicGrammar.PrefixOf(route) + "state";
        return isWillOwn ? (ReasonCode.Success, new DeviceSession(link, packet, route, stamp)) : (ReasonCode.NotAuthorised, null);
    }

    private static ReasonCode FaultOf(MqttConnectPacket packet, bool isVersion5)
    {
        if (!string.IsNullOrEmpty(packet.AuthenticationMethod))
        {
            return ReasonCode.BadAuthenticationMethod;
        }

        var clientId = packet.ClientId ?? string.Empty;
        var mayBeEmpty = isVersion5 || packet.CleanSession;
        var isNamed = clientId.Length == 0 ? mayBeEmpty : TopicGrammar.IsName(clientId);
        return isNamed && (string.IsNullOrEmpty(packet.Username) || TopicGrammar.IsName(packet.Username)) ? ReasonCode.Success : ReasonCode.ClientIdNotValid;
    }

    private async ValueTask<DeviceRoute?> FindAsync(MqttConnectPacket packet, CancellationToken cancellation)
    {
        if (packet.Password is { Length: > 0 and <= TopicGrammar.NameCharsMax } password)
        {
            var secret = Encoding.UTF8.GetString(password);
            var route = await services.Directory.FindByTokenAsync(secret, cancellation);
            return route is not null && route.Device.ToString() == packet.Username
                ? route
                : await services.Directory.FindByPasswordAsync(packet.Username, secret, cancellation);
        }

        return packet.Password is { Length: > 0 } ? null : await services.Directory.FindByTokenAsync(packet.Username, cancellation);
    }
}
