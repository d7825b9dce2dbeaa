using System.Diagnostics;
using System.Text;
using Google.Protobuf;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Mqtt.Payloads;
using SmartCommunity.V1;
using Xunit;
using MessageKind = SmartCommunity.Domain.Twins.MessageKind;

namespace SmartCommunity.Edge.Tests.Mqtt;

/// <summary>Mutated payloads: whatever comes, a form answers with messages and does not throw. Repeatable from the seed.</summary>
public sealed class FormFuzzTests
{
    private const int Rounds = 20_000;

    public static TheoryData<string> Names => [.. PayloadForms.All.Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void No_payload_makes_a_form_throw_or_linger(string name)
    {
        var form = PayloadForms.All.Single(f => f.Name == name);
        var random = new Random(20_261_123 + name.Length);
        var seeds = Samples(name);
        var began = Stopwatch.GetTimestamp();
        for (var round = 0; round < Rounds; round++)
        {
            var payload = Mutate(seeds[random.Next(seeds.Length)], random);
            var kind = (MessageKind)random.Next(4);
            foreach (var type in new[] { form.ContentTypes[0], null })
            {
                var messages = Forms.Decode(type, payload, kind, round % 2 == 0 ? Forms.Raw : null);
                Assert.NotEmpty(messages);
                Assert.All(messages, m => Assert.True(m.Rejected is null || m.Values.Length == 0));
                Assert.All(messages, m => Assert.True((m.Body?.Length ?? 0) <= Math.Max(DeviceMessage.ExcerptCharsMax, payload.Length)));
            }
        }

        // Some 20 s would be a millisecond a payload; it takes about one.
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Mutated_user_properties_make_nothing_throw()
    {
        var random = new Random(7);
        var seed = Forms.Properties("application/json", ("specversion", "1.0"), ("id", "a"), ("source", "s"), ("type", "t"), ("time", "2024-11-19T08:00:00Z"));
        for (var round = 0; round < Rounds; round++)
        {
            var properties = Mutate(seed, random);
            try
            {
                Assert.NotEmpty(Forms.DecodePublish(properties, "{\"pm25\":1}"u8.ToArray()));
            }
            catch (ArgumentException)
            {
                // No PUBLISH any more: the packet loop closes the connection.
            }
        }
    }

    private static byte[][] Samples(string name) => name switch
    {
        "flat JSON" => [Utf8("""[{"id":"a","ts":1732000000000,"seq":17,"values":{"pm25":41.5}},{"values":{"humidity":3}}]""")],
        "CloudEvent" =>
        [
            Utf8("""{"specversion":"1.0","id":"a","source":"s","type":"t","time":"2024-11-19T08:00:00Z","data":{"values":{"pm25":1}}}"""),
            Utf8("""{"specversion":"1.0","id":"a","source":"s","type":"t","datacontenttype":"application/octet-stream","data_base64":"AAAAAA=="}"""),
        ],
        "CloudEvents batch" => [Utf8("""[{"specversion":"1.0","id":"a","source":"s","type":"t","data":{"pm25":1}},{"specversion":"1.0","id":"b","source":"s","type":"t","data":{}}]""")],
        "SenML" => [Utf8("""[{"bn":"d1/","bt":1732003200,"bu":"ug/m3","n":"pm25","v":1},{"n":"temperature","u":"Cel","t":-5,"v":2},{"n":"humidity","vb":true}]""")],
        "raw bytes" => [[1, 0, 0, 0, 0, 0], [0, 0, 0, 0]],
        _ =>
        [
            new TelemetryMessage { Id = "a", TsMs = 5, Seq = 7, Values = { new TelemetryValue { Metric = "pm25", Value = 1 } } }.ToByteArray(),
            new TelemetryBatch { Messages = { new TelemetryMessage { Id = "a", Values = { new TelemetryValue { Metric = "pm25", Value = 1 } } } } }.ToByteArray(),
        ],
    };

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = seed.ToList();
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var at = random.Next(bytes.Count + 1);
            switch (random.Next(5))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 when at < bytes.Count:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 3:
                    bytes.RemoveRange(at, random.Next(bytes.Count - at + 1));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, random.Next(bytes.Count - at + 1)));
                    break;
            }
        }

        return [.. bytes];
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
