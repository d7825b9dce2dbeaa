using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Mqtt.Payloads;
using SmartCommunity.Mqtt.Topics;

namespace SmartCommunity.Mqtt.Links;

/// <summary>
/// Tells devices and their gateways on <c>…/error</c> why a message was quarantined. Off the way of the readings: what does not fit the queue is dropped and
/// counted; the quarantine itself is durable and can be listed.
/// </summary>
internal sealed class ErrorTopic(LinkRegistry registry, MqttMetrics metrics)
{
    /// <summary>Messages waiting to be delivered.</summary>
    public const int WaitingMax = 1_000;

    private readonly Channel<Note> notes = Channel.CreateBounded<Note>(
        new BoundedChannelOptions(WaitingMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    /// <summary>Never waits.</summary>
    public void Tell(DeviceRoute route, string? messageId, Refusal reason)
    {
        var topic = TopicGrammar.ErrorTopicOf(route.District, route.Device.ToString());
        if (registry.Hears(route.District, route.Device, topic, route.Gateway) && !notes.Writer.TryWrite(new Note(route, topic, messageId, reason)))
        {
            metrics.ErrorsDropped.Add(1);
        }
    }

    public async Task DeliverAsync(CancellationToken cancellation)
    {
        await foreach (var note in notes.Reader.ReadAllAsync(cancellation))
        {
            var message = new DownMessage(note.Topic, Write(note)) { ContentType = "application/json" };
            registry.Tell(note.Route.District, note.Route.Device, message, note.Route.Gateway);
        }
    }

    private static ReadOnlyMemory<byte> Write(Note note)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("id", note.MessageId);
        json.WriteString("code", note.Reason.Code.ToString());
        json.WriteNumber("number", (int)note.Reason.Code);
        json.WriteString("field", note.Reason.Field);
        json.WriteString("rule", note.Reason.Rule);
        json.WriteString("wayOut", note.Reason.WayOut);
        if (PositionOf(note.Reason) is { } position)
        {
            json.WriteNumber("position", position);
        }
        else
        {
            json.WriteNull("position");
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static long? PositionOf(Refusal reason) =>
        reason.Field.StartsWith(Faults.BytePrefix, StringComparison.Ordinal)
        && long.TryParse(reason.Field.AsSpan(Faults.BytePrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? position
            : null;

    private sealed record Note(DeviceRoute Route, string Topic, string? MessageId, Refusal Reason);
}
