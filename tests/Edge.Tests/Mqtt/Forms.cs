using System.Text;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Mqtt.Payloads;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Edge.Tests.Mqtt;

/// <summary>Decodes payloads as the edge does, for device d1.</summary>
internal static class Forms
{
    public const long ReceivedMs = 1_763_856_000_000;

    public static DeviceProfile Raw { get; } = FakeDirectory.Profile with
    {
        Decoder = new PayloadDecoder(
        [
            new DecoderLayout(1, 6, [Field("temperature", 1, "i16be", 0.1), Field("humidity", 3, "u8", 0.5, invalid: 255), Field("pm25", 4, "u16le", 1)]),
            new DecoderLayout(null, 4, [Field("pm25", 0, "f32le", 1)]),
        ]),
    };

    public static DecoderField Field(string metric, int offset, string type, double scale, double add = 0, params double[] invalid) =>
        new(metric, offset, type, 0, 0, scale, add, invalid);

    public static DecodeTarget Target(MessageKind kind = MessageKind.Telemetry, DeviceProfile? profile = null) =>
        new(DeviceId.Parse("d1"), "air", MetricLookup.Of(profile ?? FakeDirectory.Profile), kind, ReceivedMs, false, DecoderTable.Of(profile ?? FakeDirectory.Profile));

    public static DeviceMessage[] Decode(string? contentType, string payload, MessageKind kind = MessageKind.Telemetry) =>
        Decode(contentType, Encoding.UTF8.GetBytes(payload), kind);

    public static DeviceMessage[] Decode(string? contentType, byte[] payload, MessageKind kind = MessageKind.Telemetry, DeviceProfile? profile = null)
    {
        var into = new MessageBuffer();
        PayloadForms.Decode(Encoding.UTF8.GetBytes(contentType ?? string.Empty), payload, Target(kind, profile), into);
        return [.. Enumerable.Range(0, into.Count).Select(i => into[i])];
    }

    /// <summary>Decodes a whole MQTT 5 PUBLISH with its properties.</summary>
    public static DeviceMessage[] DecodePublish(byte[] properties, byte[] payload, MessageKind kind = MessageKind.Telemetry, DeviceProfile? profile = null)
    {
        byte[] length = properties.Length < 0x80 ? [(byte)properties.Length] : [(byte)(properties.Length | 0x80), (byte)(properties.Length >> 7)];
        byte[] body = [.. Packets.Text(Packets.Topic), .. Packets.Number(1), .. length, .. properties, .. payload];
        if (PublishPacket.Read(0x32, body, isVersion5: true, out var packet) != PublishFault.None)
        {
            throw new ArgumentException("No PUBLISH.", nameof(properties));
        }

        var into = new MessageBuffer();
        PayloadForms.Decode(packet, Target(kind, profile), into);
        return [.. Enumerable.Range(0, into.Count).Select(i => into[i])];
    }

    /// <summary>MQTT 5 properties: content type and user properties.</summary>
    public static byte[] Properties(string? contentType, params (string Name, string Value)[] user) =>
    [
        .. contentType is null ? [] : (byte[])[0x03, .. Packets.Text(contentType)],
        .. user.SelectMany(p => (byte[])[0x26, .. Packets.Text(p.Name), .. Packets.Text(p.Value)]),
    ];
}
