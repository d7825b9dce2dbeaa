using System.Buffers.Binary;
using CsCheck;
using Google.Protobuf;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;
using SmartCommunity.V1;
using Xunit;
using DecoderLayout = SmartCommunity.Domain.Devices.DecoderLayout;
using MessageKind = SmartCommunity.Domain.Twins.MessageKind;

namespace SmartCommunity.Edge.Tests.Mqtt;

public sealed class BinaryFormTests
{
    private const string Protobuf = "application/x-protobuf";
    private const string Octets = "application/octet-stream";

    private static readonly Gen<TelemetryMessage> Messages =
        from id in Gen.String[Gen.Char['a', 'z'], 0, 20]
        from ts in Gen.Long[0, 253_402_300_799_999].Nullable()
        from seq in Gen.Long[0, long.MaxValue].Nullable()
        from pm25 in Gen.Double[0, 1000]
        from temperature in Gen.Double[-40, 85].Nullable()
        select Build(id, ts, seq, pm25, temperature);

    [Theory]
    [InlineData(Protobuf)]
    [InlineData("application/vnd.google.protobuf; messageType=smartcommunity.v1.TelemetryMessage")]
    [InlineData(null)]
    public void A_message_is_read_as_generated_code_reads_it(string? contentType) => Messages.Sample(wanted =>
        AssertSame(wanted, Assert.Single(Forms.Decode(contentType, wanted.ToByteArray()))));

    [Fact]
    public void Unknown_fields_are_let_pass_and_the_last_of_a_single_field_counts() => Gen.Select(Messages, Messages).Sample((first, second) =>
    {
        byte[] unknown = [0xA8, 0x06, 0x96, 0x01, 0xB2, 0x06, 0x03, 1, 2, 3, 0xB9, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, 0xC5, 0x06, 1, 2, 3, 4];
        first.Values.Clear();
        byte[] bytes = [.. first.ToByteArray(), .. unknown, .. second.ToByteArray()];
        AssertSame(TelemetryMessage.Parser.ParseFrom(bytes), Assert.Single(Forms.Decode(Protobuf, bytes)));
    });

    [Fact]
    public void A_batch_tells_itself_by_its_field() => Messages.Array[1, 30].Sample(wanted =>
    {
        var read = Forms.Decode(Protobuf, new TelemetryBatch { Messages = { wanted } }.ToByteArray());
        Assert.Equal(wanted.Length, read.Length);
        for (var i = 0; i < read.Length; i++)
        {
            AssertSame(wanted[i], read[i]);
        }
    });

    [Fact]
    public void What_generated_code_cannot_read_is_refused() => Gen.Select(Messages, Gen.Int[0, 1000], Gen.Byte).Sample((message, place, mutated) =>
    {
        var bytes = message.ToByteArray();
        bytes[place % bytes.Length] = mutated;
        var read = Forms.Decode(Protobuf, bytes);
        try
        {
            TelemetryMessage.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            Assert.All(read, m => Assert.NotNull(m.Rejected));
        }
    });

    [Fact]
    public void A_bad_message_is_refused_with_its_place()
    {
        Assert.Equal("values.pm26", Field(new() { Values = { Value("pm26", 1) } }));
        Assert.Equal("values.pm25", Field(new() { Values = { Value("pm25", 1001) } }));
        Assert.Equal("values.pm25", Field(new() { Values = { Value("pm25", double.NaN) } }));
        Assert.Equal("values.pm25", Field(new() { Values = { Value("pm25", 1), Value("pm25", 1) } }));
        Assert.Equal("values", Field(new() { Id = "a" }));
        Assert.Equal("id", Field(new() { Id = "#1", Values = { Value("pm25", 1) } }));
        Assert.Equal("seq", Field(new() { Seq = -1, Values = { Value("pm25", 1) } }));
        Assert.Equal("ts_ms", Field(new() { TsMs = -1, Values = { Value("pm25", 1) } }));
        Assert.Equal("byte 1", Assert.Single(Forms.Decode(Protobuf, [0x0A, 0x05, 0x41])).Rejected?.Field);
        Assert.Equal("content-type", Assert.Single(Forms.Decode(Protobuf, [0x0A], MessageKind.Event)).Rejected?.Field);
        Assert.Equal(
            [null, "messages[1].values.pm26"],
            Forms.Decode(Protobuf, new TelemetryBatch { Messages = { Build("a", 1, null, 1, null), new TelemetryMessage { Values = { Value("pm26", 1) } } } }.ToByteArray())
                .Select(m => m.Rejected?.Field));

        static string? Field(TelemetryMessage message) => Assert.Single(Forms.Decode(Protobuf, message.ToByteArray())).Rejected?.Field;
    }

    [Fact]
    public void Raw_bytes_are_read_by_the_profile_s_table()
    {
        var message = Assert.Single(Forms.Decode(Octets, [1, 0xFF, 0x38, 120, 0x2C, 0x01], profile: Forms.Raw));
        Assert.Null(message.Rejected);
        Assert.Equal([new MetricValue("temperature", -20), new MetricValue("humidity", 60), new MetricValue("pm25", 300)], message.Values);
    }

    [Fact]
    public void A_value_that_means_none_is_left_out() => Assert.Equal(
        ["temperature", "pm25"], Assert.Single(Forms.Decode(Octets, [1, 0, 0, 255, 0, 0], profile: Forms.Raw)).Values.Select(v => v.Metric));

    [Theory]
    [InlineData(new byte[] { 2, 0, 0, 0, 0, 0 }, "byte 0")]
    [InlineData(new byte[] { 1, 0, 0 }, "byte 0")]
    [InlineData(new byte[] { 1, 0x7F, 0xFF, 0, 0, 0 }, "byte 1")]
    [InlineData(new byte[] { 0, 0, 0x80, 0x7F }, "byte 0")]
    [InlineData(new byte[] { 0, 0, 0xC0, 0x7F }, "values")]
    public void Raw_bytes_that_do_not_fit_are_refused_with_their_place(byte[] payload, string field)
    {
        foreach (var contentType in new[] { Octets, null })
        {
            Assert.Equal(field, Assert.Single(Forms.Decode(contentType, payload, profile: Forms.Raw)).Rejected?.Field);
        }
    }

    [Fact]
    public void A_device_with_a_decoder_may_still_send_JSON_and_hears_of_mistakes_in_it()
    {
        Assert.Null(Assert.Single(Forms.Decode(null, "{\"values\":{\"pm25\":1}}"u8.ToArray(), profile: Forms.Raw)).Rejected);
        Assert.Equal(RefusalCode.NotJson, Assert.Single(Forms.Decode(null, "{\"values\":{\"pm25\":1"u8.ToArray(), profile: Forms.Raw)).Rejected?.Code);
        Assert.Equal(RefusalCode.UnknownMetric, Assert.Single(Forms.Decode(null, "{\"values\":{\"pm26\":1}}"u8.ToArray(), profile: Forms.Raw)).Rejected?.Code);
    }

    [Fact]
    public void Raw_bytes_without_a_decoder_are_refused() =>
        Assert.Equal("content-type", Assert.Single(Forms.Decode(Octets, [1, 2])).Rejected?.Field);

    [Fact]
    public void Every_type_reads_what_was_written() => Gen.Select(Gen.Int[0, RawType.Names.Split(' ').Length - 1], Gen.Double, Gen.Int[0, 9]).Sample((which, seed, offset) =>
    {
        var name = RawType.Names.Split(' ')[which];
        Assert.True(RawType.TryParse(name, out var type));
        var (bytes, value) = Write(name, type.Bytes, seed);
        Assert.Equal(value, type.Read(((byte[])[.. new byte[offset], .. bytes, 0xAA]).AsSpan(offset)));
    });

    [Fact]
    public void Bits_are_counted_from_the_least_significant_one()
    {
        var profile = FakeDirectory.Profile with
        {
            Decoder = new PayloadDecoder([new DecoderLayout(null, 2, [new("pm25", 0, "u16be", 4, 6, 1, 0, []), new("humidity", 0, "u16be", 0, 4, 1, 0, [])])]),
        };
        Assert.Equal([0b101101, 0b0110], Assert.Single(Forms.Decode(Octets, [0b1111_1110, 0b1101_0110], profile: profile)).Values.Select(v => v.Value));
    }

    private static (byte[] Bytes, double Value) Write(string name, int width, double seed)
    {
        var bytes = new byte[8];
        double value;
        if (name[0] == 'f')
        {
            value = width == 4 ? (float)seed : seed;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, width == 4 ? BitConverter.SingleToUInt32Bits((float)seed) : BitConverter.DoubleToUInt64Bits(seed));
        }
        else
        {
            var half = 1L << ((8 * width) - 1);
            var whole = (BitConverter.DoubleToInt64Bits(seed) & ((2 * half) - 1)) - (name[0] == 'i' ? half : 0);
            value = whole;
            BinaryPrimitives.WriteInt64LittleEndian(bytes, whole);
        }

        var used = bytes[..width];
        if (name.EndsWith("be", StringComparison.Ordinal))
        {
            used.AsSpan().Reverse();
        }

        return (used, value);
    }

    private static TelemetryMessage Build(string id, long? ts, long? seq, double pm25, double? temperature)
    {
        var message = new TelemetryMessage { Id = id, Values = { Value("pm25", pm25) } };
        if (ts is { } at)
        {
            message.TsMs = at;
        }

        if (seq is { } number)
        {
            message.Seq = number;
        }

        if (temperature is { } degrees)
        {
            message.Values.Add(Value("temperature", degrees));
        }

        return message;
    }

    private static TelemetryValue Value(string metric, double value) => new() { Metric = metric, Value = value };

    private static void AssertSame(TelemetryMessage wanted, DeviceMessage read)
    {
        Assert.Null(read.Rejected);
        Assert.Equal(wanted.Id.Length > 0 ? wanted.Id : wanted.HasSeq ? "#" + wanted.Seq : null, read.MessageId);
        Assert.Equal(wanted.HasTsMs ? wanted.TsMs : null, read.AtMs);
        Assert.Equal(wanted.HasSeq ? wanted.Seq : null, read.Sequence);
        Assert.Equal(wanted.Values.Select(v => new MetricValue(v.Metric, v.Value)), read.Values);
    }
}
