using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Mqtt.Payloads;
using SmartCommunity.Mqtt.Topics;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Links;

/// <summary>What one connection says for other devices than its own. Used by the reading side only.</summary>
internal sealed class GatewaySpeech(MqttLink link)
{
    private readonly List<string> names = [];
    private readonly List<string> wanted = [];
    private readonly Dictionary<string, DeviceContext?> found = new(StringComparer.Ordinal);
    private Refusal? fault;

    /// <summary>Whether every device that a packet is about is known. False: <see cref="LookUpAsync"/> comes first.</summary>
    /// <param name="child">The device of a child's topic; null when the connection does not speak for it.</param>
    public bool TryFind(TopicRoute topic, ReadOnlySpan<byte> payload, out DeviceContext? child)
    {
        child = null;
        wanted.Clear();
        if (topic.Child is { } id)
        {
            if (!link.Services.Children.TryGet(link.Device.Route, id, out child))
            {
                wanted.Add(id);
            }

            return wanted.Count == 0;
        }

        fault = GatewayPacket.TryReadNames(payload, names);
        if (fault is null)
        {
            found.Clear();
            foreach (var name in names)
            {
                if (link.Services.Children.TryGet(link.Device.Route, name, out var known))
                {
                    found[name] = known;
                }
                else
                {
                    wanted.Add(name);
                }
            }
        }

        return wanted.Count == 0;
    }

    public async ValueTask LookUpAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(link.Services.Options.StallTimeoutSeconds), link.Services.Clock);
        await link.Services.Children.FindAsync(link.Device.Route.District, wanted, patience.Token);
    }

    /// <summary>Decodes a packet of <see cref="TopicGrammar.Gateway"/> after <see cref="TryFind"/>. At least one message is added.</summary>
    public void Decode(in PublishPacket packet, in DecodeTarget own, MessageBuffer into)
    {
        var reason = packet.ContentType.IsEmpty || PayloadForms.FormOf(packet.ContentType) == PayloadForms.All[0] ? fault : Faults.ContentType;
        if (reason is not null)
        {
            into.Add(FlatJson.Reject(packet.Payload, own, reason, default));
            return;
        }

        GatewayPacket.Decode(packet.Payload, own, name => found[name], into);
    }

    /// <summary>Whose messages they are, for the error topic.</summary>
    public static DeviceRoute?[] OriginsOf(MessageBuffer messages)
    {
        var origins = new DeviceRoute?[messages.Count];
        for (var i = 0; i < origins.Length; i++)
        {
            origins[i] = messages.RouteOf(i);
        }

        return origins;
    }
}
