using MQTTnet.Packets;
using MQTTnet.Protocol;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Mqtt.Commands;
using SmartCommunity.Mqtt.Topics;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Links;

/// <summary>
/// A device's session: its readings go up, its commands and errors come down. It lives as long as the connection; what must survive that stands in
/// the journal.
/// </summary>
internal sealed class DeviceSession : ILinkSession
{
    private readonly MqttLink link;
    private readonly Subscriptions subscriptions;
    private readonly LinkCommands commands;
    private LastWill? will;
    private DownWire? wire;

    /// <param name="asOf"><see cref="LinkRegistry.Stamp"/> from before the device was looked up.</param>
    public DeviceSession(MqttLink link, MqttConnectPacket packet, DeviceRoute route, long asOf)
    {
        this.link = link;
        var options = link.Services.Options;
        var prefix = TopicGrammar.PrefixOf(route);
        var assigned = string.IsNullOrEmpty(packet.ClientId) ? $"{route.Device}-{Guid.NewGuid():N}" : null;
        link.Device = new DeviceContext(route);
        link.ClientId = assigned ?? packet.ClientId;
        will = packet.WillFlag ? new LastWill(packet.WillMessage ?? []) : null;
        subscriptions = new Subscriptions(prefix, options.FiltersMax, link.IsVersion5);
        Publishes = new IngestPath(link, link.Ring!, new TopicTable(prefix, link.IsVersion5 ? options.TopicAliasesMax : 0), link.IsVersion5);
        Down = new Downlink(link.Services.Metrics, link.Services.Clock);
        commands = new LinkCommands(link, Down);
        Welcome = link.Welcome(assigned) with { SessionExpirySeconds = packet.SessionExpiryInterval == 0 ? null : 0 };
        link.Services.Registry.Add(link, asOf);
    }

    public IPublishPath Publishes { get; }

    public Downlink Down { get; }

    public Welcome Welcome { get; }

    public void Begin(DownWire wire)
    {
        this.wire = wire;
        Down.Attach(wire);
    }

    public byte[] Subscribe(MqttSubscribePacket packet) => subscriptions.Add(packet);

    public void OnSubscribed(MqttSubscribePacket packet, byte[] codes) => commands.Begin(packet, codes);

    public byte[] Unsubscribe(MqttUnsubscribePacket packet)
    {
        commands.Forget(packet);
        return subscriptions.Remove(packet);
    }

    /// <summary>True when a message on this topic would be sent to this connection.</summary>
    public bool Hears(string topic) => subscriptions.Hears(topic);

    /// <summary>Sends a message to this connection when it has subscribed to its topic. False: it has not, or too many wait.</summary>
    public bool TryTell(DownMessage message) => subscriptions.Tailor(message) is { } tailored && Down.TryPost(tailored);

    public bool Leave(MqttDisconnectPacket packet)
    {
        if (packet.ReasonCode == MqttDisconnectReasonCode.NormalDisconnection)
        {
            will = null;
        }

        return true;
    }

    /// <summary>The last will is for a connection that broke, not for a session taken over or a server that stops.</summary>
    public void End()
    {
        link.Services.Registry.Remove(link);
        commands.Close();
        if (wire is not null)
        {
            Down.Detach(wire);
        }

        Down.End();
        if (will is { } last && link.IsAccepted && link.ClosedWith is not (ReasonCode.SessionTakenOver or ReasonCode.ServerShuttingDown))
        {
            link.PostWill(last);
        }
    }
}
