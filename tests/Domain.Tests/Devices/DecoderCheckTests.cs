using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Tests.Twins;
using SmartCommunity.Domain.Wire;

namespace SmartCommunity.Domain.Tests.Devices;

public sealed class DecoderCheckTests
{
    private static readonly Metric Metric = TwinWorld.Environment.Metrics[0];

    public static TheoryData<DecoderLayout[], RefusalCode, string> Bad => new()
    {
        { [], RefusalCode.Missing, "decoder.layouts" },
        { [Layout()], RefusalCode.Missing, "decoder.layouts[0].fields" },
        { [Layout(Field("nothing"))], RefusalCode.UnknownMetric, "decoder.layouts[0].fields[0].metric" },
        { [Layout(Field(), Field())], RefusalCode.AlreadyExists, "decoder.layouts[0].fields[1].metric" },
        { [Layout(Field(type: "u64le"))], RefusalCode.Malformed, "decoder.layouts[0].fields[0].type" },
        { [Layout(Field(type: "u16"))], RefusalCode.Malformed, "decoder.layouts[0].fields[0].type" },
        { [Layout(Field(offset: -1))], RefusalCode.OutOfRange, "decoder.layouts[0].fields[0].offset" },
        { [Layout(Field(offset: 3)) with { LengthBytes = 4 }], RefusalCode.OutOfRange, "decoder.layouts[0].fields[0].offset" },
        { [Layout(Field(offset: int.MaxValue))], RefusalCode.OutOfRange, "decoder.layouts[0].fields[0].offset" },
        { [Layout(Field() with { BitOffset = 10, BitLength = 7 })], RefusalCode.OutOfRange, "decoder.layouts[0].fields[0].bit_length" },
        { [Layout(Field(type: "i16be") with { BitLength = 3 })], RefusalCode.WrongShape, "decoder.layouts[0].fields[0].bit_offset" },
        { [Layout(Field() with { Scale = double.NaN })], RefusalCode.OutOfRange, "decoder.layouts[0].fields[0].scale" },
        { [Layout(Field() with { Add = double.PositiveInfinity })], RefusalCode.OutOfRange, "decoder.layouts[0].fields[0].add" },
        { [Layout(Field() with { Invalid = new double[Limits.DecoderInvalidMax + 1] })], RefusalCode.TooLarge, "decoder.layouts[0].fields[0].invalid" },
        { [Layout(Field()) with { FirstByte = 256 }], RefusalCode.OutOfRange, "decoder.layouts[0].first_byte" },
        { [Layout(Field()) with { LengthBytes = Limits.DecoderBytesMax + 1 }], RefusalCode.OutOfRange, "decoder.layouts[0].length_bytes" },
        { [Layout(Field()), Layout(Field()) with { FirstByte = 1 }], RefusalCode.AlreadyExists, "decoder.layouts[1]" },
        { [.. Enumerable.Range(0, Limits.DecoderLayoutsMax + 1).Select(i => Layout(Field()) with { FirstByte = i })], RefusalCode.TooLarge, "decoder.layouts" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_decoder_that_cannot_work_is_refused_with_its_place(DecoderLayout[] layouts, RefusalCode code, string field)
    {
        var refusal = Define(layouts).Refusal;
        Assert.Equal((code, field), (refusal?.Code, refusal?.Field));
    }

    [Fact]
    public void At_its_limits_a_decoder_is_taken()
    {
        Assert.False(Define([.. Enumerable.Range(0, Limits.DecoderLayoutsMax).Select(i => Layout(Field()) with { FirstByte = i })]).IsRefused);
        Assert.False(Define([Layout(Field(offset: Limits.DecoderBytesMax - 2)) with { LengthBytes = Limits.DecoderBytesMax }]).IsRefused);
        Assert.False(Define([Layout(Field() with { Invalid = new double[Limits.DecoderInvalidMax] })]).IsRefused);
        Assert.Equal((16, 64, 1_024, 8), (Limits.DecoderLayoutsMax, Limits.DecoderFieldsMax, Limits.DecoderBytesMax, Limits.DecoderInvalidMax));
    }

    [Theory]
    [InlineData(Limits.DecoderFieldsMax, null)]
    [InlineData(Limits.DecoderFieldsMax + 1, RefusalCode.TooLarge)]
    public void A_layout_has_at_most_64_fields(int count, RefusalCode? code)
    {
        // A profile has as many metrics at most, so only the count of fields is over the limit.
        var metrics = Enumerable.Range(0, Limits.MetricsPerProfileMax).Select(i => Metric with { Name = $"m{i}" }).ToArray();
        var layout = Layout([.. Enumerable.Range(0, count).Select(i => Field($"m{i}"))]);
        Assert.Equal(code, Define([layout], metrics).Refusal?.Code);
    }

    [Fact]
    public void A_profile_with_a_decoder_is_stored_and_read_back_the_same()
    {
        var profile = TwinWorld.Environment with { Decoder = new([Layout(Field() with { Invalid = [65535] }) with { FirstByte = 1 }]) };
        Assert.True(RecordCodec.Same(profile, RecordCodec.Decode<DeviceProfile>(RecordCodec.Encode(profile))));
        Assert.DoesNotContain("decoder", System.Text.Encoding.UTF8.GetString(RecordCodec.Encode(TwinWorld.Environment)), StringComparison.Ordinal);
    }

    private static Outcome<Decision<DeviceProfile>> Define(DecoderLayout[] layouts, Metric[]? metrics = null)
    {
        var opened = DistrictState.Empty with { District = new(SmartCommunity.Domain.Areas.AreaCode.Parse("340104"), "d", "Asia/Shanghai", null, 1) };
        var profile = TwinWorld.Environment with { Metrics = metrics ?? TwinWorld.Environment.Metrics, Decoder = new(layouts) };
        return DistrictDecider.DefineProfile(opened, profile, WriteCondition.Create, TwinWorld.Context(TwinWorld.Start));
    }

    private static DecoderLayout Layout(params DecoderField[] fields) => new(null, 0, fields);

    private static DecoderField Field(string? metric = null, int offset = 0, string type = "u16be") => new(metric ?? Metric.Name, offset, type, 0, 0, 1, 0, []);
}
