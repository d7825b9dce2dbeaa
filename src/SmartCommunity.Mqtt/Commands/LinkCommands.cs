using MQTTnet.Packets;
using SmartCommunity.Mqtt.Links;
using SmartCommunity.Mqtt.Topics;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Commands;

/// <summary>The commands of one connection: which filters it has, who carries for them, and what became of what was written.</summary>
internal sealed class LinkCommands(MqttLink link, Downlink down)
{
    private readonly Lock sync = new();
    private readonly Dictionary<string, CommandCourier> byFilter = new(StringComparer.Ordinal);
    private bool closed;

    public MqttLink Link { get; } = link;

    /// <summary>Follows the granted filters; what they bring comes behind the SUBACK.</summary>
    public void Begin(MqttSubscribePacket packet, byte[] codes)
    {
        foreach (var (asking, code) in packet.TopicFilters.Zip(codes))
        {
            if (code < (byte)ReasonCode.Unspecified && TopicGrammar.TryCommandFilter(asking.Topic, out var district, out var device))
            {
                Follow(new(asking.Topic, district, device, asking.QualityOfServiceLevel, packet.SubscriptionIdentifier));
            }
        }
    }

    /// <summary>Ends what follows these filters. Any thread.</summary>
    public void Forget(IEnumerable<string> filters)
    {
        foreach (var filter in filters)
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

    /// <summary>Sends a command; its courier is told what became of it. False: too many messages wait for this client.</summary>
    public bool TryPost(DownMessage message, CommandCourier courier, Parcel parcel) => down.TryPost(message with
    {
        IsWanted = () => courier.Carries(parcel.Id),
        Receipt = (fate, code) => Tell(courier, parcel, fate, code),
    });

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

    private static void Tell(CommandCourier courier, Parcel parcel, DownFate fate, byte code)
    {
        switch (fate)
        {
            case DownFate.Acknowledged or DownFate.Refused:
                courier.Told(parcel, new CommandFate(code));
                break;
            case DownFate.TooLarge:
                courier.Told(parcel, CommandFate.TooLarge);
                break;
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
