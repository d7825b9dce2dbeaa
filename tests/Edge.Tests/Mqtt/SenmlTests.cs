using CsCheck;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Mqtt.Payloads;
using Xunit;

namespace SmartCommunity.Edge.Tests.Mqtt;

public sealed class SenmlTests
{
    private const string Type = "application/senml+json";

    [Theory]
    [InlineData(Type)]
    [InlineData(null)]
    public void Records_of_one_time_are_one_message(string? contentType)
    {
        var messages = Forms.Decode(
            contentType,
            """[{"bn":"urn:dev:ow:10e2073a01080063:","bt":1732003200,"n":"temperature","u":"Cel","v":21.5},{"n":"humidity","u":"%RH","v":60},{"n":"temperature","t":60,"v":22}]""");
        Assert.Equal([1_732_003_200_000, 1_732_003_260_000], messages.Select(m => m.AtMs));
        Assert.Equal([new MetricValue("temperature", 21.5), new MetricValue("humidity", 60)], messages[0].Values);
        Assert.Equal([new MetricValue("temperature", 22)], messages[1].Values);
    }

    [Theory]
    [InlineData("""[{"n":"urn:dev:ow:10e2073a01080063:pm25","v":1}]""")]
    [InlineData("""[{"bn":"d1/","n":"pm25","v":1}]""")]
    [InlineData("""[{"bn":"d1/pm25","v":1}]""")]
    [InlineData("""[{"bn":"d1_","n":"pm25","v":1}]""")]
    [InlineData("""[{"bn":"d1/"},{"n":"pm25","v":1}]""")]
    [InlineData("""[{"bver":10,"n":"pm25","v":1,"ut":60,"unknown":[1,{"x":2}]}]""")]
    [InlineData("""[{"bv":0.5,"n":"pm25","v":0.5}]""")]
    [InlineData("""[{"n":"pm25","vb":true}]""")]
    [InlineData("""[{"bu":"ug/m3","n":"pm25","v":1}]""")]
    public void The_part_behind_the_device_s_name_is_the_metric(string pack)
    {
        var message = Assert.Single(Forms.Decode(Type, pack));
        Assert.Null(message.Rejected);
        Assert.Equal([new MetricValue("pm25", 1)], message.Values);
        Assert.Null(message.AtMs);
    }

    [Theory]
    [InlineData(-60, Forms.ReceivedMs - 60_000)]
    [InlineData(60, Forms.ReceivedMs + 60_000)]
    [InlineData((1 << 28) - 1, Forms.ReceivedMs + (((1L << 28) - 1) * 1000))]
    [InlineData(1 << 28, (1L << 28) * 1000)]
    public void Times_below_two_to_the_28_are_relative_to_now(long seconds, long expected) =>
        Assert.Equal(expected, Assert.Single(Forms.Decode(Type, "[{\"n\":\"pm25\",\"v\":1,\"t\":" + seconds + "}]")).AtMs);

    [Theory]
    [InlineData("""[{"n":"pm26","v":1}]""", "[0].n")]
    [InlineData("""[{"n":"pm25","v":1},{"n":"temperature","u":"K","v":290}]""", "[1].u")]
    [InlineData("""[{"bu":"lx","n":"pm25","v":1}]""", "[0].bu")]
    [InlineData("""[{"n":"pm25","v":1001}]""", "[0].v")]
    [InlineData("""[{"n":"pm25","v":1},{"n":"pm25","v":2}]""", "[1].v")]
    [InlineData("""[{"n":"pm25","vs":"high"}]""", "[0].vs")]
    [InlineData("""[{"n":"pm25","s":3}]""", "[0].s")]
    [InlineData("""[{"n":"pm25"}]""", "[0].v")]
    [InlineData("""[{"n":"pm25","v":1,"vb":true}]""", "[0].vb")]
    [InlineData("""[{"n":"pm25","v":1,"v":2}]""", "[0].v")]
    [InlineData("""[{"n":"pm25","v":1e999}]""", "[0].v")]
    [InlineData("""[{"n":7,"v":1}]""", "[0].n")]
    [InlineData("""[{"n":"pm 25","v":1}]""", "[0].n")]
    [InlineData("""[{"n":"pm25","v":1,"must_":1}]""", "[0].must_")]
    [InlineData("""[{"bver":11,"n":"pm25","v":1}]""", "[0].bver")]
    [InlineData("""[{"n":"pm25","v":1,"t":1e18}]""", "[0].t")]
    [InlineData("""[{"bn":"d1/","n":"pm25","v":1},{"bn":"d2/","n":"pm25","v":1}]""", "[1].bn")]
    [InlineData("""[{"bn":"d1/"}]""", "")]
    [InlineData("""[]""", "")]
    [InlineData("""{}""", "")]
    [InlineData("""[7]""", "[0]")]
    [InlineData("""[{"n":"pm25","v":1}""", "byte 19")]
    public void A_bad_pack_is_refused_with_its_place(string pack, string field) =>
        Assert.Equal(field, Assert.Single(Forms.Decode(Type, pack)).Rejected?.Field);

    [Fact]
    public void A_bad_value_spoils_only_the_message_of_its_time() =>
        Assert.Equal(
            [null, "[1].v"],
            Forms.Decode(Type, """[{"bn":"d1/","n":"pm25","t":1732003200,"v":1},{"n":"pm25","t":1732003201,"v":-1}]""").Select(m => m.Rejected?.Field));

    [Fact]
    public void Only_telemetry_travels_in_SenML() =>
        Assert.Equal("content-type", Assert.Single(Forms.Decode(Type, """[{"n":"pm25","v":1}]""", MessageKind.Event)).Rejected?.Field);

    [Theory]
    [InlineData(1000, null)]
    [InlineData(1001, RefusalCode.TooLarge)]
    public void A_pack_holds_at_most_a_thousand_times(int count, RefusalCode? code)
    {
        var messages = Forms.Decode(Type, "[" + string.Join(',', Enumerable.Range(0, count).Select(i => "{\"n\":\"pm25\",\"v\":1,\"t\":" + (1_732_003_200L + i) + "}")) + "]");
        Assert.Equal((code is null ? count : 1, code), (messages.Length, messages[0].Rejected?.Code));
    }

    [Fact]
    public void What_was_written_is_read() => Gen.Select(Gen.Int[0, 1000], Gen.Int[-40, 85], Gen.Long[1L << 28, 2_000_000_000]).Array[1, 20].Sample(readings =>
    {
        var distinct = readings.DistinctBy(r => r.Item3).ToArray();
        var pack = "[" + string.Join(',', distinct.Select(r =>
            FormattableString.Invariant($$"""{"bn":"d1/","bt":{{r.Item3}},"n":"pm25","v":{{r.Item1}}},{"n":"temperature","v":{{r.Item2}}}"""))) + "]";
        var messages = Forms.Decode(Type, pack);
        Assert.Equal(distinct.Select(r => (r.Item3 * 1000, (double)r.Item1, (double)r.Item2)), messages.Select(m => (m.AtMs!.Value, m.Values[0].Value, m.Values[1].Value)));
    });

    [Theory]
    [InlineData("Cel", "Cel", true)]
    [InlineData("%RH", "%", true)]
    [InlineData("ppm", "[ppm]", true)]
    [InlineData("count", "1", true)]
    [InlineData("K", "Cel", false)]
    [InlineData("nonsense", "1", false)]
    public void Units_are_compared_and_never_converted(string senml, string ucum, bool same) => Assert.Equal(same, SenmlUnits.AreSame(senml, ucum));
}
