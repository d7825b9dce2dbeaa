using System.Buffers;
using System.Text;
using System.Text.Json;
using MQTTnet.Protocol;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Mqtt.Links;

namespace SmartCommunity.Mqtt.Commands;

/// <summary>A command as the device gets it.</summary>
internal static class CommandMessage
{
    /// <summary>
    /// <c>{"id","name","body","expires"}</c>, <c>expires</c> in Unix milliseconds. MQTT 5 also tells the seconds left, where to answer, and the id as
    /// correlation data.
    /// </summary>
    public static DownMessage Of(DeviceCommand command, CommandFilter filter)
    {
        var topic = filter.TopicOf(command.Id);
        return new(topic, Write(command))
        {
            Qos = Math.Min((int)filter.Qos, 1),
            ContentType = "application/json",
            PayloadFormat = MqttPayloadFormatIndicator.CharacterData,
            ExpiresAtMs = command.ExpiresAt.ToUnixTimeMilliseconds(),
            ResponseTopic = topic + Topics.TopicGrammar.ReplySuffix,
            CorrelationData = Encoding.UTF8.GetBytes(command.Id.ToString()),
            SubscriptionIds = filter.SubscriptionId == 0 ? null : [filter.SubscriptionId],
        };
    }

    private static ReadOnlyMemory<byte> Write(DeviceCommand command)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer, new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("id", command.Id.ToString());
        json.WriteString("name", command.Name);
        json.WritePropertyName("body");
        json.WriteRawValue(command.Body);
        json.WriteNumber("expires", command.ExpiresAt.ToUnixTimeMilliseconds());
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
