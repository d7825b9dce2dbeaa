using System.Text;
using MQTTnet.Packets;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Mqtt.Topics;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Links;

/// <summary>What a CONNECT came to.</summary>
internal readonly record struct ConnectVerdict(ReasonCode Code, DeviceRoute? Route = null);

/// <summary>A last will: a state message that is posted when the connection ends without a DISCONNECT.</summary>
internal sealed record LastWill(byte[] Payload);

/// <summary>Decides who may connect, and what the broker behind us gets to see of it.</summary>
internal sealed class ConnectGate(IDeviceDirectory directory)
{
    /// <summary>
    /// Judges a CONNECT: names, credential, will. The token is the user name; or the user name is the device id and the token the password.
    /// </summary>
    public async ValueTask<ConnectVerdict> JudgeAsync(MqttConnectPacket packet, bool isVersion5, CancellationToken cancellation)
    {
        if (!string.IsNullOrEmpty(packet.AuthenticationMethod))
        {
            return new(ReasonCode.BadAuthenticationMethod);
        }

        var mayBeEmpty = isVersion5 || packet.CleanSession;
        var clientId = packet.ClientId ?? string.Empty;
        if (clientId.Length == 0 ? !mayBeEmpty : !TopicGrammar.IsName(clientId))
        {
            return new(ReasonCode.ClientIdNotValid);
        }

        if (string.IsNullOrEmpty(packet.Username))
        {
            return new(ReasonCode.BadCredential);
        }

        if (!TopicGrammar.IsName(packet.Username))
        {
            return new(ReasonCode.ClientIdNotValid);
        }

        if (await FindAsync(packet, cancellation) is not { } route)
        {
            return new(ReasonCode.BadCredential);
        }

        var isWillOwn = !packet.WillFlag || packet.WillTopic == TopicGrammar.PrefixOf(route) + "state";
        return isWillOwn ? new(ReasonCode.Success, route) : new(ReasonCode.NotAuthorised);
    }

    /// <summary>Takes out of the CONNECT what is our duty (will, keep-alive, credential) and makes its client id unique over all districts.</summary>
    public static LastWill? Rewrite(MqttConnectPacket packet, DeviceRoute route, out string? assignedId)
    {
        var will = packet.WillFlag ? new LastWill(packet.WillMessage ?? []) : null;
        assignedId = null;
        if (string.IsNullOrEmpty(packet.ClientId))
        {
            assignedId = packet.ClientId = $"{route.Device}-{Guid.NewGuid():N}";
        }

        packet.ClientId = $"{route.District}/{route.Device}/{packet.ClientId}";
        packet.Username = route.Device.ToString();
        packet.Password = null;
        packet.WillFlag = false;
        packet.WillTopic = null;
        packet.WillMessage = null;
        packet.KeepAlivePeriod = 0;
        packet.CleanSession = true;
        packet.SessionExpiryInterval = 0;
        return will;
    }

    private async ValueTask<DeviceRoute?> FindAsync(MqttConnectPacket packet, CancellationToken cancellation)
    {
        if (packet.Password is { Length: > 0 and <= TopicGrammar.NameCharsMax } password)
        {
            var route = await directory.FindByTokenAsync(Encoding.UTF8.GetString(password), cancellation);
            return route is not null && route.Device.ToString() == packet.Username ? route : null;
        }

        return packet.Password is { Length: > 0 } ? null : await directory.FindByTokenAsync(packet.Username, cancellation);
    }
}
