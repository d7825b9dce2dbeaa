using System.Collections.Concurrent;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using SmartCommunity.Mqtt.Links;
using SmartCommunity.Mqtt.Topics;

namespace SmartCommunity.Mqtt.Commands;

/// <summary>
/// The commands of one connection: which filters it has, who carries for them, and what became of what was written. A PUBLISH of a command that nobody
/// waits for any more (it has ended meanwhile) is not written.
/// </summary>
internal sealed class LinkCommands(MqttLink link, string clientId)
{
    private readonly Lock sync = new();
    private readonly Dictionary<string, CommandCourier> byFilter = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ushort, MqttSubscribePacket> asked = new();
    private readonly ConcurrentDictionary<ushort, MqttUnsubscribePacket> takenBack = new();
    private readonly ConcurrentDictionary<string, (CommandCourier Courier, Parcel Parcel)> underWay = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ushort, (CommandCourier Courier, Parcel Parcel)> unacknowledged = new();
    private bool closed;

    public MqttLink Link { get; } = link;

    /// <summary>The connection's name at the broker.</summary>
    public string ClientId { get; } = clientId;

    /// <summary>Notes the granted filters; what they bring begins behind the SUBACK.</summary>
    public void Asked(MqttSubscribePacket packet)
    {
        if (packet.TopicFilters.Exists(f => TopicGrammar.TryCommandFilter(f.Topic, out _, out _)))
        {
            asked[packet.PacketIdentifier] = packet;
        }
    }

    /// <summary>Notes what is taken back; it ends with the UNSUBACK, so that it cannot overtake a SUBSCRIBE before it.</summary>
    public void Asked(MqttUnsubscribePacket packet) => takenBack[packet.PacketIdentifier] = packet;

    /// <summary>Looks at a packet of the broker before it is written. False: do not write it.</summary>
    public bool Writing(MqttPacket packet)
    {
        if (packet is not MqttPublishPacket publish || !TopicGrammar.IsCommandTopic(publish.Topic))
        {
            return true;
        }

        if (!underWay.TryGetValue(publish.Topic, out var sent))
        {
            return false;
        }

        if (publish.PacketIdentifier != 0)
        {
            unacknowledged[publish.PacketIdentifier] = sent;
        }

        return true;
    }

    /// <summary>A packet of the broker was written; or not, because the client takes none so large.</summary>
    public void Written(MqttPacket packet, bool isTooLarge)
    {
        switch (packet)
        {
            case MqttSubAckPacket answer when asked.TryRemove(answer.PacketIdentifier, out var subscribe):
                Begin(subscribe);
                break;
            case MqttUnsubAckPacket answer when takenBack.TryRemove(answer.PacketIdentifier, out var unsubscribe):
                Forget(unsubscribe);
                break;
            case MqttPublishPacket publish when isTooLarge:
                Told(publish, CommandFate.TooLarge);
                break;
            case MqttPublishPacket { QualityOfServiceLevel: MqttQualityOfServiceLevel.AtMostOnce } publish:
                Told(publish, CommandFate.Taken);
                break;
        }
    }

    /// <summary>PUBACK of the client.</summary>
    public void Acknowledged(MqttPubAckPacket packet)
    {
        if (unacknowledged.TryRemove(packet.PacketIdentifier, out var sent))
        {
            sent.Courier.Told(sent.Parcel, new CommandFate((byte)packet.ReasonCode));
        }
    }

    /// <summary>A courier begins or ends to wait for what becomes of a topic.</summary>
    public void Await(string topic, CommandCourier courier, Parcel parcel) => underWay[topic] = (courier, parcel);

    public void NoLonger(string topic) => underWay.TryRemove(topic, out _);

    public void Close()
    {
        CommandCourier[] all;
        lock (sync)
        {
            closed = true;
            all = [.. byFilter.Values.Distinct()];
            byFilter.Clear();
        }

        foreach (var courier in all)
        {
            courier.End();
        }
    }

    private void Forget(MqttUnsubscribePacket packet)
    {
        foreach (var filter in packet.TopicFilters)
        {
            CommandCourier? courier;
            lock (sync)
            {
                byFilter.Remove(filter, out courier);
                courier = courier is not null && byFilter.ContainsValue(courier) ? null : courier;
            }

            courier?.End();
        }
    }

    private void Told(MqttPublishPacket publish, CommandFate fate)
    {
        if (underWay.TryGetValue(publish.Topic, out var sent))
        {
            sent.Courier.Told(sent.Parcel, fate);
        }
    }

    private void Begin(MqttSubscribePacket packet)
    {
        foreach (var asking in packet.TopicFilters)
        {
            if (TopicGrammar.TryCommandFilter(asking.Topic, out var district, out var device))
            {
                Follow(new(asking.Topic, district, device, asking.QualityOfServiceLevel, packet.SubscriptionIdentifier));
            }
        }
    }

    /// <summary>A filter that is asked for again, or a second one on the same device, only changes how its commands come: nothing is sent again.</summary>
    private void Follow(CommandFilter filter)
    {
        CommandCourier courier;
        lock (sync)
        {
            if (closed)
            {
                return;
            }

            var known = byFilter.Values.FirstOrDefault(c => c.Key == (filter.District, filter.Device));
            if (known is not null)
            {
                known.Filter = filter;
                byFilter[filter.Filter] = known;
                return;
            }

            byFilter[filter.Filter] = courier = new(this, filter);
        }

        courier.Start();
    }
}
