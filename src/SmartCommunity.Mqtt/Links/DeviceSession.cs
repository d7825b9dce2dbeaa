using MQTTnet.Packets;
using MQTTnet.Protocol;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Mqtt.Commands;
using SmartCommunity.Mqtt.Topics;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Links;

/// <summary>
/// A device's session: its readings go up, its commands and errors and those of the devices behind it come down. It lives as long as the connection; what must survive that stands in
/// the journal.
/// </summary>
internal sealed class DeviceSession : ILinkSession
{
    private readonly MqttLink link;
    private readonly Subscriptions subscriptions;
    private readonly LinkCommands commands;
    private readonly HashSet<DeviceId> listened = [];
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
        subscriptions = new Subscriptions(prefix, options.FiltersMax, options.GatewayFiltersMax, link.IsVersion5);
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

    public async ValueTask<byte[]?> SubscribeAsync(MqttSubscribePacket packet)
    {
        var asked = subscriptions.ChildrenOf(packet);
        Dictionary<string, bool> behind;
        try
        {
            behind = await AreBehindAsync(asked);
        }
        catch (Exception e) when (e is not InvalidOperationException)
        {
            Log.LookupFailed(link.Services.Log, e);
            link.Close(ReasonCode.ServerBusy);
            return null;
        }

        var codes = subscriptions.Add(packet, behind);
        foreach (var child in asked.Where(c => behind[c]).Select(DeviceId.Parse).Where(subscriptions.HasAny))
        {
            listened.Add(child);
            link.Services.Registry.Listen(link, child);
        }

        return codes;
    }

    public void OnSubscribed(MqttSubscribePacket packet, byte[] codes)
    {
        commands.Begin(packet, codes);

        // A device that was taken from behind this gateway meanwhile has been dropped before its commands were followed.
        commands.Forget(packet.TopicFilters.Where((f, i) => codes[i] < (byte)ReasonCode.Unspecified && !subscriptions.Has(f.Topic)).Select(f => f.Topic));
    }

    public byte[] Unsubscribe(MqttUnsubscribePacket packet)
    {
        commands.Forget(packet.TopicFilters);
        var codes = subscriptions.Remove(packet);
        Unlisten(child => !subscriptions.HasAny(child));
        return codes;
    }

    /// <summary>This connection does not speak for the device any more: its filters on it end. Any thread.</summary>
    public void Drop(DeviceId child)
    {
        // In this order: a filter that is granted meanwhile is never left without its note.
        link.Services.Registry.Unlisten(link, child);
        commands.Forget(subscriptions.Drop(child));
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
        Unlisten(_ => true);
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

    private void Unlisten(Predicate<DeviceId> isGone)
    {
        foreach (var child in listened.Where(c => isGone(c)).ToArray())
        {
            listened.Remove(child);
            link.Services.Registry.Unlisten(link, child);
        }
    }

    /// <summary>Which of these devices this connection speaks for. Throws what the directory throws.</summary>
    private async ValueTask<Dictionary<string, bool>> AreBehindAsync(IReadOnlyCollection<string> devices)
    {
        var known = new Dictionary<string, bool>(StringComparer.Ordinal);
        var open = devices.ToList();
        var children = link.Services.Children;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(link.Services.Options.StallTimeoutSeconds), link.Services.Clock);
        while (true)
        {
            foreach (var device in open)
            {
                if (children.TryGet(link.Device.Route, device, out var child))
                {
                    known[device] = child is not null;
                }
            }

            open.RemoveAll(known.ContainsKey);
            if (open.Count == 0)
            {
                return known;
            }

            await children.FindAsync(link.Device.Route.District, open, patience.Token);
        }
    }
}
