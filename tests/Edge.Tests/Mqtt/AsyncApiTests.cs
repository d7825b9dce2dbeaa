using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Mqtt;
using SmartCommunity.Mqtt.Payloads;
using SmartCommunity.Mqtt.Topics;
using SmartCommunity.Mqtt.Wire;
using Xunit;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace SmartCommunity.Edge.Tests.Mqtt;

/// <summary>The AsyncAPI document against the code it describes.</summary>
public sealed class AsyncApiTests
{
    private const string Prefix = "sc/v1/340104/d1/";
    private static readonly JsonNode Document = Read();
    private static readonly Dictionary<string, string> Operations = Document["operations"]!.AsObject()
        .ToDictionary(o => (string)o.Value!["channel"]!["$ref"]!, o => (string)o.Value!["action"]!);

    [Fact]
    public void The_document_holds_every_topic_and_no_other()
    {
        var up = Enum.GetValues<MessageKind>().Select(k => k.ToString().ToLowerInvariant())
            .Where(leaf => TopicGrammar.Judge(Encoding.UTF8.GetBytes(Prefix + leaf), Prefix).Verdict == ReasonCode.Success)
            .Select(Shape)
            .Concat([TopicGrammar.Alias, TopicGrammar.Gateway, Shape("cmd/{request_id}/reply")]);
        Assert.Equal(up.Order(StringComparer.Ordinal), Addresses("receive").Order(StringComparer.Ordinal));
        Assert.Equal([Shape("cmd/{request_id}"), Shape("error")], Addresses("send").Order(StringComparer.Ordinal));

        static string Shape(string leaf) => "sc/v1/{district}/{device}/" + leaf;
    }

    [Fact]
    public void Every_address_is_accepted_by_the_topic_grammar()
    {
        Assert.All(Addresses("receive"), a => Assert.Equal(ReasonCode.Success, TopicGrammar.Judge(Encoding.UTF8.GetBytes(Fill(a)), Prefix).Verdict));
        Assert.All(Addresses("send"), a => Assert.Equal(ReasonCode.Success, TopicGrammar.JudgeFilter(Fill(a).Replace("c1", "+", StringComparison.Ordinal), Prefix, out _)));
    }

    [Fact]
    public void What_it_says_of_gateways_is_what_the_topic_grammar_takes()
    {
        const string gateway = "sc/v1/340104/g1/";
        foreach (var (_, channel) in Document["channels"]!.AsObject())
        {
            var address = (string)channel!["address"]!;
            if (!address.Contains("{device}", StringComparison.Ordinal))
            {
                continue;
            }

            Assert.Contains("gateway", (string)channel["description"]!, StringComparison.OrdinalIgnoreCase);
            var isTaken = Addresses("receive").Contains(address)
                ? TopicGrammar.Judge(Encoding.UTF8.GetBytes(Fill(address)), gateway) is { Verdict: ReasonCode.Success, Child: "d1" }
                : TopicGrammar.JudgeFilter(Fill(address).Replace("c1", "#", StringComparison.Ordinal), gateway, out var child) == ReasonCode.Success && child == "d1";
            Assert.True(isTaken, address);
        }
    }

    [Fact]
    public void Every_form_stands_in_it_and_every_example_is_decoded()
    {
        var types = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, channel) in Document["channels"]!.AsObject())
        {
            if (Operations[$"#/channels/{name}"] != "receive")
            {
                continue;
            }

            var topic = TopicGrammar.Judge(Encoding.UTF8.GetBytes(Fill((string)channel!["address"]!)), Prefix);
            foreach (var (_, reference) in channel["messages"]!.AsObject())
            {
                var message = Resolve(reference!);
                types.Add((string)message["contentType"]!);
                Assert.NotEmpty(message["examples"]!.AsArray());
                Assert.All(message["examples"]!.AsArray(), example => Check(topic, message, example!));
            }
        }

        Assert.Equal(PayloadForms.All.Select(f => f.ContentTypes[0]).Order(StringComparer.Ordinal), types.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_reason_codes_are_those_of_the_code()
    {
        var told = Document["x-reason-codes"]!.AsArray().Select(c => ((int)c!["code"]!, (string)c["name"]!));
        Assert.Equal(Enum.GetValues<ReasonCode>().Select(c => ((int)c, c.ToString())), told);
        Assert.All(Document["x-reason-codes"]!.AsArray(), c => Assert.NotEmpty((string)c!["meaning"]!));
    }

    [Fact]
    public void Every_reference_leads_somewhere() => Assert.All(References(Document), r => Assert.NotNull(Resolve(new JsonObject { ["$ref"] = r })));

    private static void Check(TopicRoute topic, JsonNode message, JsonNode example)
    {
        var payload = (string?)message["x-example-encoding"] == "base64"
            ? Convert.FromBase64String((string)example["payload"]!)
            : Encoding.UTF8.GetBytes(example["payload"]!.ToJsonString());
        var profile = Forms.Raw;
        if (topic.Command is { } command)
        {
            Assert.Null(SmartCommunity.Mqtt.Commands.ReplyReader.Read(payload, Forms.Target(topic.Kind), command).Rejected);
            return;
        }

        if (topic.IsGateway)
        {
            var names = new List<string>();
            Assert.Null(GatewayPacket.TryReadNames(payload, names));
            var into = new MessageBuffer();
            var child = new SmartCommunity.Mqtt.Links.DeviceContext(new(
                "340104", SmartCommunity.Domain.Ids.DeviceId.Parse("c1"), TwinKey.Of(SmartCommunity.Domain.Ids.BuildingId.Parse("b1")), profile));
            GatewayPacket.Decode(payload, Forms.Target(), _ => child, into);
            Assert.All(Enumerable.Range(0, into.Count), i => Assert.Null(into[i].Rejected));
            return;
        }

        var type = (string)message["contentType"]!;
        var messages = example["headers"] is JsonObject headers
            ? Forms.DecodePublish(Forms.Properties(type, [.. headers.Select(h => (h.Key, (string)h.Value!))]), payload, topic.Kind, profile)
            : Decode(type, payload, topic, profile);
        Assert.NotEmpty(messages);
        Assert.All(messages, m => Assert.True(m.Rejected is null, m.Rejected?.Rule));
    }

    private static DeviceMessage[] Decode(string type, byte[] payload, TopicRoute topic, SmartCommunity.Domain.Devices.DeviceProfile profile)
    {
        var into = new MessageBuffer();
        PayloadForms.Decode(Encoding.UTF8.GetBytes(type), payload, Forms.Target(topic.Kind, profile) with { AllowsPlain = topic.IsAlias }, into);
        return [.. Enumerable.Range(0, into.Count).Select(i => into[i])];
    }

    private static IEnumerable<string> Addresses(string action) => Document["channels"]!.AsObject()
        .Where(c => Operations[$"#/channels/{c.Key}"] == action)
        .Select(c => (string)c.Value!["address"]!);

    private static string Fill(string address) => address
        .Replace("{district}", "340104", StringComparison.Ordinal)
        .Replace("{device}", "d1", StringComparison.Ordinal)
        .Replace("{request_id}", "c1", StringComparison.Ordinal);

    private static JsonNode Resolve(JsonNode node) => (string?)node["$ref"] is { } path
        ? path[2..].Split('/').Aggregate(Document, (at, part) => at[part] ?? throw new InvalidOperationException(path))
        : node;

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(p => p.Key == "$ref" ? [(string)p.Value!] : References(p.Value)),
        JsonArray a => a.SelectMany(References),
        _ => [],
    };

    private static JsonNode Read()
    {
        using var reader = new StreamReader(AsyncApi.Open());
        var yaml = new YamlStream();
        yaml.Load(reader);
        return ToJson(yaml.Documents[0].RootNode)!;
    }

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value!, ToJson(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        YamlScalarNode { Style: not ScalarStyle.Plain } text => JsonValue.Create(text.Value),
        YamlScalarNode { Value: "null" } => null,
        YamlScalarNode { Value: "true" or "false" } flag => JsonValue.Create(flag.Value == "true"),
        YamlScalarNode { Value: { } hex } when hex.StartsWith("0x", StringComparison.Ordinal) => JsonValue.Create(Convert.ToInt32(hex, 16)),
        YamlScalarNode { Value: { } number } when long.TryParse(number, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        YamlScalarNode { Value: { } number } when double.TryParse(number, CultureInfo.InvariantCulture, out var real) => JsonValue.Create(real),
        YamlScalarNode text => JsonValue.Create(text.Value),
        _ => throw new InvalidOperationException("An unknown node."),
    };
}
