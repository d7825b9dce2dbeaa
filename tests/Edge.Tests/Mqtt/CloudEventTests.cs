using System.Text;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Mqtt.Payloads;
using Xunit;

namespace SmartCommunity.Edge.Tests.Mqtt;

public sealed class CloudEventTests
{
    private const string Type = "application/cloudevents+json";
    private const string BatchType = "application/cloudevents-batch+json";
    private const string Head = "\"specversion\":\"1.0\",\"id\":\"a17\",\"source\":\"/sensors/d1\",\"type\":\"com.example.reading\"";
    private static readonly (string, string)[] Attributes = [("specversion", "1.0"), ("id", "a17"), ("source", "/sensors/d1"), ("type", "com.example.reading")];

    [Theory]
    [InlineData(Type)]
    [InlineData("Application/CloudEvents+JSON; charset=utf-8")]
    [InlineData(null)]
    public void A_structured_event_is_its_data_under_its_source_and_id(string? contentType)
    {
        var message = Assert.Single(Forms.Decode(
            contentType, "{" + Head + ",\"time\":\"2024-11-19T08:00:00Z\",\"subject\":\"x\",\"data\":{\"seq\":3,\"values\":{\"pm25\":41.5}}}"));
        Assert.Null(message.Rejected);
        Assert.Equal(("/sensors/d1 a17", 3L, 1_732_003_200_000L), (message.MessageId, message.Sequence, message.AtMs));
        Assert.Equal([new MetricValue("pm25", 41.5)], message.Values);
    }

    [Fact]
    public void The_data_s_own_time_stands_before_the_event_s_and_its_id_is_no_key() =>
        Assert.Equal(
            ("/sensors/d1 a17", 5L),
            Key(Assert.Single(Forms.Decode(Type, "{" + Head + ",\"time\":\"2024-11-19T08:00:00Z\",\"data\":{\"id\":\"x\",\"ts\":5,\"pm25\":1}}"))));

    [Fact]
    public void Data_in_Base64_is_read_by_its_own_content_type()
    {
        var json = Convert.ToBase64String("{\"values\":{\"pm25\":2}}"u8);
        var raw = Convert.ToBase64String(BitConverter.GetBytes(2f));
        Assert.Equal(2, Assert.Single(Forms.Decode(Type, "{" + Head + ",\"data_base64\":\"" + json + "\"}")).Values[0].Value);
        var bytes = Encoding.UTF8.GetBytes("{" + Head + ",\"datacontenttype\":\"application/octet-stream\",\"data_base64\":\"" + raw + "\"}");
        var message = Assert.Single(Forms.Decode(Type, bytes, profile: Forms.Raw));
        Assert.Equal(("/sensors/d1 a17", 2), (message.MessageId, message.Values[0].Value));
    }

    [Theory]
    [InlineData(MessageKind.Event, "{\"event\":\"smoke\"}")]
    [InlineData(MessageKind.Report, "{\"class\":\"02.03\",\"text\":\"x\"}")]
    [InlineData(MessageKind.State, "{\"online\":true}")]
    public void Events_reports_and_states_travel_in_CloudEvents_too(MessageKind kind, string data)
    {
        foreach (var contentType in new[] { Type, null })
        {
            var message = Assert.Single(Forms.Decode(contentType, "{" + Head + ",\"data\":" + data + "}", kind));
            Assert.Null(message.Rejected);
            Assert.Equal(("/sensors/d1 a17", data), (message.MessageId, message.Body));
        }
    }

    [Theory]
    [InlineData("{}", "specversion")]
    [InlineData("{\"specversion\":\"0.3\",\"id\":\"a\",\"source\":\"s\",\"type\":\"t\",\"data\":{}}", "specversion")]
    [InlineData("{\"specversion\":\"1.0\",\"source\":\"s\",\"type\":\"t\",\"data\":{}}", "id")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":7,\"source\":\"s\",\"type\":\"t\",\"data\":{}}", "id")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"a\",\"id\":\"b\",\"source\":\"s\",\"type\":\"t\",\"data\":{}}", "id")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"a\",\"source\":\"s s\",\"type\":\"t\",\"data\":{}}", "id")]
    [InlineData("{\"specversion\":\"1.0\",\"id\":\"a\",\"source\":\"#s\",\"type\":\"t\",\"data\":{}}", "id")]
    [InlineData("{" + Head + ",\"time\":\"now\",\"data\":{}}", "time")]
    [InlineData("{" + Head + "}", "data")]
    [InlineData("{" + Head + ",\"data\":{},\"data_base64\":\"\"}", "data")]
    [InlineData("{" + Head + ",\"data_base64\":\"?\"}", "data_base64")]
    [InlineData("{" + Head + ",\"datacontenttype\":\"text/plain\",\"data\":\"x\"}", "datacontenttype")]
    [InlineData("{" + Head + ",\"data\":{\"values\":{\"pm25\":\"NA\"}}}", "data.values.pm25")]
    [InlineData("{" + Head + ",\"data\":[{\"pm25\":1},{\"pm25\":2}]}", "data")]
    [InlineData("[1]", "")]
    [InlineData("{", "byte 1")]
    public void A_bad_event_is_refused_with_its_place(string payload, string field) =>
        Assert.Equal(field, Assert.Single(Forms.Decode(Type, payload)).Rejected?.Field);

    [Theory]
    [InlineData(BatchType)]
    [InlineData(null)]
    public void A_batch_is_several_events_and_a_bad_one_does_not_spoil_the_others(string? contentType)
    {
        var messages = Forms.Decode(contentType, "[{" + Head + ",\"data\":{\"pm25\":1}},{" + Head.Replace("a17", "a18", StringComparison.Ordinal) + ",\"data\":{\"pm26\":1}},17]");
        Assert.Equal([null, "[1].data.values.pm26", "[2]"], messages.Select(m => m.Rejected?.Field));
        Assert.Equal("/sensors/d1 a17", messages[0].MessageId);
    }

    [Theory]
    [InlineData(1000, null)]
    [InlineData(1001, RefusalCode.TooLarge)]
    public void A_batch_holds_at_most_a_thousand_events(int count, RefusalCode? code)
    {
        var events = Enumerable.Range(0, count).Select(i => "{" + Head.Replace("a17", "a" + i, StringComparison.Ordinal) + ",\"data\":{\"pm25\":1}}");
        var messages = Forms.Decode(BatchType, "[" + string.Join(',', events) + "]");
        Assert.Equal((code is null ? count : 1, code), (messages.Length, messages[0].Rejected?.Code));
    }

    [Fact]
    public void In_binary_mode_the_attributes_are_user_properties()
    {
        var message = Assert.Single(Forms.DecodePublish(
            Forms.Properties("application/json", [.. Attributes, ("time", "2024-11-19T08:00:00Z"), ("traceparent", "00-x")]), "{\"values\":{\"pm25\":1}}"u8.ToArray()));
        Assert.Null(message.Rejected);
        Assert.Equal(("/sensors/d1 a17", 1_732_003_200_000L), Key(message));
    }

    [Fact]
    public void Raw_bytes_get_their_key_and_time_from_a_binary_CloudEvent()
    {
        var message = Assert.Single(Forms.DecodePublish(
            Forms.Properties("application/octet-stream", [.. Attributes, ("time", "2024-11-19T08:00:00Z")]), BitConverter.GetBytes(3f), profile: Forms.Raw));
        Assert.Equal(("/sensors/d1 a17", 1_732_003_200_000L), Key(message));
        Assert.Equal(3, message.Values[0].Value);
    }

    [Fact]
    public void Bad_attributes_in_user_properties_are_refused_by_name()
    {
        Assert.Equal("id", Refused([("specversion", "1.0"), ("source", "s"), ("type", "t")]));
        Assert.Equal("id", Refused([.. Attributes, ("id", "b")]));
        Assert.Equal("time", Refused([.. Attributes, ("time", "now")]));
        Assert.Equal("values.pm26", Assert.Single(Forms.DecodePublish(Forms.Properties(null, Attributes), "{\"pm26\":1}"u8.ToArray())).Rejected?.Field);
        Assert.Null(Refused([("colour", "red")]));

        static string? Refused((string, string)[] user) =>
            Assert.Single(Forms.DecodePublish(Forms.Properties(null, user), "{\"values\":{\"pm25\":1}}"u8.ToArray())).Rejected?.Field;
    }

    [Theory]
    [InlineData(Envelope.IdCharsMax, true)]
    [InlineData(Envelope.IdCharsMax + 1, false)]
    public void Source_and_id_together_are_as_long_as_a_message_id_may_be(int length, bool isTaken)
    {
        var id = new string('x', length - 2);
        var message = Assert.Single(Forms.Decode(Type, "{\"specversion\":\"1.0\",\"id\":\"" + id + "\",\"source\":\"s\",\"type\":\"t\",\"data\":{\"pm25\":1}}"));
        Assert.Equal(isTaken, message.Rejected is null);
    }

    private static (string? Id, long? At) Key(DeviceMessage message) => (message.MessageId, message.AtMs);
}
