using System.Text;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Mqtt.Payloads;
using Xunit;

namespace SmartCommunity.Edge.Tests.Mqtt;

public sealed class PayloadTests
{
    [Fact]
    public void A_reading_is_decoded_with_the_profile_s_own_names()
    {
        var message = Assert.Single(Decode("""{"id":"a","ts":1732000000000,"seq":17,"values":{"pm25":41.5,"temperature":-3}}"""));
        Assert.Null(message.Rejected);
        Assert.Equal(("a", 17L, 1_732_000_000_000L, 5L), (message.MessageId, message.Sequence, message.AtMs, message.ReceivedMs));
        Assert.Equal([new MetricValue("pm25", 41.5), new MetricValue("temperature", -3)], message.Values);
        Assert.Same(FakeDirectory.Profile.Metrics[0].Name, message.Values[0].Metric);
    }

    [Theory]
    [InlineData("""{"seq":3,"values":{"pm25":1}}""", "#3")]
    [InlineData("""{"values":{"pm25":1}}""", null)]
    [InlineData("""{"id":"x","seq":3,"values":{"pm25":1}}""", "x")]
    public void The_key_is_the_id_else_the_sequence_number(string payload, string? key) =>
        Assert.Equal(key, Assert.Single(Decode(payload)).MessageId);

    [Theory]
    [InlineData("""{"temperature":21.5}""")]
    [InlineData("""{"ts":1732000000000,"values":{"temperature":21.5}}""")]
    [InlineData("""[{"temperature":21.5}]""")]
    [InlineData("""{"ts":1732000000000,"temperature":21.5}""")]
    public void The_alias_topic_takes_the_plain_forms_too(string payload)
    {
        Assert.Null(Assert.Single(Decode(payload, isAlias: true)).Rejected);
    }

    [Theory]
    [InlineData("2024-11-19T08:00:00Z", 1_732_003_200_000)]
    [InlineData("2024-11-19T22:00:00+14:00", 1_732_003_200_000)]
    [InlineData("2016-12-31T23:59:60Z", 1_483_228_800_000)]
    [InlineData("1970-01-01T00:00:00Z", 0)]
    public void Times_may_be_rfc_3339(string ts, long expected) =>
        Assert.Equal(expected, Assert.Single(Decode("{\"ts\":\"" + ts + "\",\"values\":{\"pm25\":1}}")).AtMs);

    [Theory]
    [InlineData("", RefusalCode.EmptyPayload, "")]
    [InlineData("   ", RefusalCode.NotJson, "byte 3")]
    [InlineData("{", RefusalCode.NotJson, "byte 1")]
    [InlineData("""{"values":{"pm25":1}""", RefusalCode.NotJson, "byte 20")]
    [InlineData("""{"values":{"pm25":1}} x""", RefusalCode.NotJson, "byte 22")]
    [InlineData("""{"values":{"pm25":1},}""", RefusalCode.NotJson, "byte 21")]
    [InlineData("""{"values":{"pm25":1} /* c */}""", RefusalCode.NotJson, "byte 21")]
    [InlineData("""{"values":{"pm25":NaN}}""", RefusalCode.NotJson, "byte 18")]
    [InlineData("""{"values":{"pm25":Infinity}}""", RefusalCode.NotJson, "byte 18")]
    [InlineData("""{"values":{"pm25":1,5}}""", RefusalCode.NotJson, "byte 20")]
    [InlineData("""{"values":{"pm25":1e309}}""", RefusalCode.BadValue, "values.pm25")]
    [InlineData("""{"values":{"pm25":-1e309}}""", RefusalCode.BadValue, "values.pm25")]
    [InlineData("""{"values":{"pm25":"NA"}}""", RefusalCode.BadValue, "values.pm25")]
    [InlineData("""{"values":{"pm25":"41,5"}}""", RefusalCode.BadValue, "values.pm25")]
    [InlineData("""{"values":{"pm25":null}}""", RefusalCode.BadValue, "values.pm25")]
    [InlineData("""{"values":{"pm25":[1]}}""", RefusalCode.BadValue, "values.pm25")]
    [InlineData("""{"values":{"pm25":1000.5}}""", RefusalCode.BadValue, "values.pm25")]
    [InlineData("""{"values":{"pm25":-0.1}}""", RefusalCode.BadValue, "values.pm25")]
    [InlineData("""{"values":{"pm26":1}}""", RefusalCode.UnknownMetric, "values.pm26")]
    [InlineData("""{"values":{}}""", RefusalCode.WrongShape, "values")]
    [InlineData("""{}""", RefusalCode.WrongShape, "values")]
    [InlineData("""{"values":[1]}""", RefusalCode.WrongShape, "values")]
    [InlineData("""{"value":{"pm25":1}}""", RefusalCode.WrongShape, "value")]
    [InlineData("""{"temperature":21.5}""", RefusalCode.WrongShape, "temperature")]
    [InlineData("""{"values":{"pm25":1,"pm25":2}}""", RefusalCode.WrongShape, "values.pm25")]
    [InlineData("""{"values":{"pm25":1,"pm\u00325":2}}""", RefusalCode.WrongShape, "values.pm25")]
    [InlineData("""{"values":{"pm25":1},"values":{"pm25":1}}""", RefusalCode.WrongShape, "values")]
    [InlineData("""{"id":"a","id":"b","values":{"pm25":1}}""", RefusalCode.WrongShape, "id")]
    [InlineData("""{"id":7,"values":{"pm25":1}}""", RefusalCode.Malformed, "id")]
    [InlineData("""{"id":"","values":{"pm25":1}}""", RefusalCode.Malformed, "id")]
    [InlineData("""{"id":"#1","values":{"pm25":1}}""", RefusalCode.Malformed, "id")]
    [InlineData("""{"id":"a\u0000","values":{"pm25":1}}""", RefusalCode.Malformed, "id")]
    [InlineData("""{"id":"\ud800","values":{"pm25":1}}""", RefusalCode.NotJson, "byte 6")]
    [InlineData("""{"seq":-1,"values":{"pm25":1}}""", RefusalCode.WrongShape, "seq")]
    [InlineData("""{"seq":1.5,"values":{"pm25":1}}""", RefusalCode.WrongShape, "seq")]
    [InlineData("""{"ts":"yesterday","values":{"pm25":1}}""", RefusalCode.BadTime, "ts")]
    [InlineData("""{"ts":"2024-11-19T08:00:00","values":{"pm25":1}}""", RefusalCode.BadTime, "ts")]
    [InlineData("""{"ts":-1,"values":{"pm25":1}}""", RefusalCode.BadTime, "ts")]
    [InlineData("""{"ts":1e400,"values":{"pm25":1}}""", RefusalCode.BadTime, "ts")]
    [InlineData("[]", RefusalCode.WrongShape, "")]
    [InlineData("17", RefusalCode.WrongShape, "")]
    [InlineData("\"text\"", RefusalCode.WrongShape, "")]
    public void Bad_telemetry_is_refused_with_its_place(string payload, RefusalCode code, string field)
    {
        var message = Assert.Single(Decode(payload));
        Assert.Equal((code, field), (message.Rejected?.Code, message.Rejected?.Field));
        Assert.Empty(message.Values);
    }

    [Theory]
    [InlineData(MessageKind.Telemetry, """{"\ud800":1}""", "byte 1")]
    [InlineData(MessageKind.Telemetry, """{"values":{"\udc00":1}}""", "byte 11")]
    [InlineData(MessageKind.Telemetry, """{"values":{"pm25":1,"a\ud800b":1}}""", "byte 20")]
    [InlineData(MessageKind.Telemetry, """{"ts":"\ud800","values":{"pm25":1}}""", "byte 6")]
    [InlineData(MessageKind.Telemetry, """[{"values":{"pm25":1}},{"values":{"\ud83d\u0020":1}}]""", "byte 34")]
    [InlineData(MessageKind.Telemetry, """[{"values":{"pm25":1}},"\udfff"]""", "byte 23")]
    [InlineData(MessageKind.Event, """{"id":"e","name":"smoke","\ud800":1}""", "byte 25")]
    [InlineData(MessageKind.Event, """{"id":"e","name":"smoke","a":[{"\udc00\ud800":1}]}""", "byte 31")]
    [InlineData(MessageKind.Report, """{"id":"r","text":"\ud83d"}""", "byte 17")]
    [InlineData(MessageKind.State, """{"online":true,"x\udead":0}""", "byte 15")]
    public void Half_a_character_in_a_name_or_text_is_refused_with_its_place(MessageKind kind, string payload, string place)
    {
        var message = Assert.Single(Decode(Encoding.UTF8.GetBytes(payload), kind, isAlias: payload.StartsWith("{\"\\u", StringComparison.Ordinal)));
        Assert.Equal((RefusalCode.NotJson, place), (message.Rejected?.Code, message.Rejected?.Field));
        Assert.Empty(message.Values);
    }

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void A_message_id_has_at_most_128_characters(int length, bool isTaken)
    {
        Assert.Equal(128, Envelope.IdCharsMax);
        Assert.Equal(isTaken, Assert.Single(Decode("{\"id\":\"" + new string('x', length) + "\",\"values\":{\"pm25\":1}}")).Rejected is null);
    }

    [Fact]
    public void Bytes_that_are_no_plain_utf_8_are_refused()
    {
        const string good = """{"values":{"pm25":1}}""";
        foreach (var bytes in new[]
        {
            [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(good)],
            Encoding.Unicode.GetBytes(good),
            Encoding.BigEndianUnicode.GetBytes(good),
            [.. Encoding.UTF8.GetBytes("{\"id\":\""), 0xFF, .. Encoding.UTF8.GetBytes("\",\"values\":{\"pm25\":1}}")],
            Encoding.UTF8.GetBytes(new string('[', 10_000)),
            Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 10_000))),
        })
        {
            Assert.Equal(RefusalCode.NotJson, Assert.Single(Decode(bytes)).Rejected?.Code);
        }
    }

    [Fact]
    public void A_bad_element_of_an_array_does_not_spoil_the_others()
    {
        var messages = Decode("""[{"seq":1,"values":{"pm25":1}},{"seq":2,"values":{"pm25":"NA"}},17,{"seq":3,"values":{"pm25":3}}]""");
        Assert.Equal([true, false, false, true], messages.Select(m => m.Rejected is null));
    }

    [Theory]
    [InlineData(1000, 1000)]
    [InlineData(1001, 1)]
    public void A_packet_holds_at_most_a_thousand_messages(int sent, int decoded)
    {
        var messages = Decode("[" + string.Join(",", Enumerable.Range(0, sent).Select(i => "{\"seq\":" + i + ",\"values\":{\"pm25\":1}}")) + "]");
        Assert.Equal(decoded, messages.Length);
        Assert.Equal(sent > 1000 ? RefusalCode.TooLarge : null, messages[0].Rejected?.Code);
    }

    [Theory]
    [InlineData(MessageKind.Telemetry, FlatJson.TelemetryDepthMax, RefusalCode.BadValue)]
    [InlineData(MessageKind.Telemetry, FlatJson.TelemetryDepthMax + 1, RefusalCode.NotJson)]
    [InlineData(MessageKind.Event, FlatJson.BodyDepthMax, null)]
    [InlineData(MessageKind.Event, FlatJson.BodyDepthMax + 1, RefusalCode.NotJson)]
    public void Nesting_has_a_limit(MessageKind kind, int depth, RefusalCode? code)
    {
        var (start, end) = kind == MessageKind.Telemetry ? ("""{"values":{"pm25":""", "}}") : ("""{"id":"e","name":"smoke","x":""", "}");
        var arrays = depth - end.Length;
        var payload = start + new string('[', arrays) + "1" + new string(']', arrays) + end;
        Assert.Equal(code, Assert.Single(Decode(Encoding.UTF8.GetBytes(payload), kind)).Rejected?.Code);
    }

    [Theory]
    [InlineData(TelemetryReader.ValuesMax, null)]
    [InlineData(TelemetryReader.ValuesMax + 1, RefusalCode.WrongShape)]
    public void A_message_holds_at_most_256_values(int count, RefusalCode? code)
    {
        Assert.Equal(256, TelemetryReader.ValuesMax);
        var names = Enumerable.Range(0, count).Select(i => "m" + i).ToArray();
        var profile = FakeDirectory.Profile with { Metrics = [.. names.Select(name => FakeDirectory.Profile.Metrics[0] with { Name = name })] };
        var target = new DecodeTarget(SmartCommunity.Domain.Ids.DeviceId.Parse("d1"), "air", MetricLookup.Of(profile), MessageKind.Telemetry, 5, false);
        var into = new MessageBuffer();
        FlatJson.Decode(Encoding.UTF8.GetBytes("{\"values\":{" + string.Join(',', names.Select(name => $"\"{name}\":1")) + "}}"), target, into);
        Assert.Equal((1, code), (into.Count, into[0].Rejected?.Code));
        Assert.Equal(code is null ? count : 0, into[0].Values.Length);
    }

    [Theory]
    [InlineData(MessageKind.Event, """{"id":"e","name":"smoke"}""", null)]
    [InlineData(MessageKind.Event, """{"ts":1,"name":"smoke"}""", null)]
    [InlineData(MessageKind.Event, """{"name":"smoke"}""", RefusalCode.Missing)]
    [InlineData(MessageKind.Report, """{"text":"x"}""", RefusalCode.Missing)]
    [InlineData(MessageKind.Report, """{"id":"r","text":"𠀀🚒\u202e"}""", null)]
    [InlineData(MessageKind.Report, """{"id":"r","at":{"lon":1,"lon":2}}""", RefusalCode.WrongShape)]
    [InlineData(MessageKind.State, """{"online":true}""", null)]
    [InlineData(MessageKind.State, "offline", RefusalCode.NotJson)]
    [InlineData(MessageKind.State, "[]", RefusalCode.WrongShape)]
    public void Events_reports_and_states_keep_their_text_as_sent(MessageKind kind, string payload, RefusalCode? code)
    {
        var message = Assert.Single(Decode(Encoding.UTF8.GetBytes(payload), kind));
        Assert.Equal(code, message.Rejected?.Code);
        Assert.Equal(payload, message.Body);
    }

    [Fact]
    public void A_rejected_message_keeps_no_more_than_the_excerpt()
    {
        var message = Assert.Single(Decode(new string('x', 5000)));
        Assert.Equal(DeviceMessage.ExcerptCharsMax, message.Body!.Length);
    }

    [Fact]
    public void Equal_messages_have_equal_fingerprints_wherever_they_stand()
    {
        const string one = """{"seq":1,"values":{"pm25":1}}""";
        var alone = Assert.Single(Decode(one));
        Assert.Equal([alone.Fingerprint, alone.Fingerprint], Decode("[" + one + " ,\n" + one + "]").Select(m => m.Fingerprint));
    }

    internal static DeviceMessage[] Decode(string payload, bool isAlias = false) => Decode(Encoding.UTF8.GetBytes(payload), isAlias: isAlias);

    internal static DeviceMessage[] Decode(byte[] payload, MessageKind kind = MessageKind.Telemetry, bool isAlias = false)
    {
        var into = new MessageBuffer();
        var target = new DecodeTarget(
            SmartCommunity.Domain.Ids.DeviceId.Parse("d1"),
            "air",
            MetricLookup.Of(FakeDirectory.Profile),
            kind,
            5,
            isAlias);
        FlatJson.Decode(payload, target, into);
        return [.. Enumerable.Range(0, into.Count).Select(i => into[i])];
    }
}
