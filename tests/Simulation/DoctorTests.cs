using System.Globalization;
using System.Text.Json.Nodes;
using SmartCommunity.Simulation.Products;
using Xunit;

namespace SmartCommunity.Simulation;

/// <summary><c>sc doctor</c> and <c>sc config</c> as a district's IT person types them.</summary>
public sealed class DoctorTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_doctor_tells_a_running_a_stopped_and_a_killed_server_apart_and_names_the_next_command()
    {
        using var folder = new TempFolder();
        await using var product = await Product.StartAsync(new(folder.Path, Demo: true), Cancellation);
        var variables = new Dictionary<string, string>
        {
            ["SC_API_KEY"] = DemoFile.Read(folder.Path)["SC_API_KEY"],
            ["SC_OPERATOR_KEY"] = DemoFile.Read(folder.Path)["SC_OPERATOR_KEY"],
            ["SC_GRPC"] = $"127.0.0.1:{product.GrpcPort}",
            ["SC_Ports__Http"] = Text(product.HttpPort),
            ["SC_Ports__Grpc"] = Text(product.GrpcPort),
            ["SC_Ports__Mqtt"] = Text(product.MqttPort),
            ["SC_Ports__Silo"] = "0",
            ["SC_Ports__Gateway"] = "0",
        };
        var up = await ExamineAsync(folder.Path, variables);
        Assert.Equal(("good", "good", "good"), (Grade(up, "server"), Grade(up, "version"), Grade(up, "store")));
        Assert.Equal(["good", "good", "good"], All(up, "port").Select(f => (string?)f["grade"]));
        Assert.All(All(up, "port"), f => Assert.Contains("is the server's", (string?)f["sentence"], StringComparison.Ordinal));
        Assert.Equal(("good", "good", "good"), (Grade(up, "schema"), Grade(up, "lock"), Grade(up, "settings")));
        Assert.Equal("good", Grade(up, "websocket"));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{product.HttpPort}/mqtt"), (string?)Only(up, "websocket")["sentence"], StringComparison.Ordinal);
        Assert.Equal(("warning", "sc backup"), (Grade(up, "backup"), (string?)Only(up, "backup")["next"]));
        Assert.All((string[])["disk-space", "disk-write", "clock-skew"], check => Assert.NotNull(Only(up, check)["figure"]));

        var (code, _, error) = await Sc.AloneAsync(folder.Path, variables, ["backup"], Cancellation);
        Assert.True(code == 0, error);
        Assert.Equal("good", Grade(await ExamineAsync(folder.Path, variables), "backup"));
        await product.TerminateAsync(Cancellation);
        OpenToOthers(Path.Combine(folder.Path, "demo.env"));
        var down = await ExamineAsync(folder.Path, variables);
        Assert.Equal(("warning", "./dev run"), (Grade(down, "server"), (string?)Only(down, "server")["next"]));
        Assert.All(All(down, "port"), f => Assert.Contains("is free", (string?)f["sentence"], StringComparison.Ordinal));
        Assert.Equal(("good", "good"), (Grade(down, "backup"), Grade(down, "schema")));
        Assert.Contains("orderly", (string?)Only(down, "lock")["sentence"], StringComparison.Ordinal);
        Assert.Contains(All(down, "private"), f => OperatingSystem.IsWindows() || ((string?)f["grade"] == "fault" && ((string?)f["next"])!.StartsWith("chmod 600", StringComparison.Ordinal)));

        await product.RestartAsync(Cancellation);
        await product.KillAsync();
        var killed = await ExamineAsync(folder.Path, variables, "--lang", "zh");
        Assert.Contains("未正常关闭", (string?)Only(killed, "lock")["sentence"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_options_are_checked_by_the_servers_own_rules_and_shown_with_their_sources()
    {
        using var folder = new TempFolder();
        var variables = new Dictionary<string, string>
        {
            ["SC_Grpc__OperatorKeyHash"] = new('a', 64),
            ["SC_Shutdown__DrainSecondsMax"] = "9",
        };
        var (code, output, _) = await Sc.AloneAsync(
            folder.Path, variables, ["config", "show", "--redact", "--output", "json", "--", "--Ports:Http=9080", "--Ports:Grpc", "9081"], Cancellation);
        Assert.Equal(0, code);
        var options = JsonNode.Parse(output)!["options"]!.AsArray().ToDictionary(o => (string)o!["key"]!, o => ((string?)o!["value"], (string?)o["source"]));
        Assert.Equal(("9080", "argument"), options["Ports:Http"]);
        Assert.Equal(("9081", "argument"), options["Ports:Grpc"]);
        Assert.Equal(("9", "environment"), options["Shutdown:DrainSecondsMax"]);
        Assert.Equal(("1883", "default"), options["Ports:Mqtt"]);
        Assert.Equal(("(redacted)", "environment"), options["Grpc:OperatorKeyHash"]);

        variables["SC_Prots__Http"] = "1";
        (code, output, _) = await Sc.AloneAsync(
            folder.Path, variables, ["config", "check", "--output", "json", "--", "--Ports:Http=eighty", "--Backup:KeptMax=0", "--Backup:KetpMax=3"], Cancellation);
        Assert.Equal(1, code);
        var problems = JsonNode.Parse(output)!["problems"]!.AsArray().Select(p => (string)p!).ToArray();
        Assert.Equal(4, problems.Length);
        Assert.Contains(problems, p => p.Contains("Ports:Http is 'eighty'", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Contains("give 1 to 1000", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Contains("did you mean Backup:KeptMax?", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Contains("did you mean Ports:Http?", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Open_topics_are_told_as_unsafe_also_while_the_server_is_down()
    {
        using var folder = new TempFolder();
        var variables = new Dictionary<string, string> { ["SC_Mqtt__OpenTopicPrefixes"] = "Topic" };
        var (_, output, _) = await Sc.AloneAsync(folder.Path, variables, ["doctor", "--data", folder.Path, "--output", "json"], Cancellation);
        var told = Assert.Single(All(JsonNode.Parse(output)!["findings"]!.AsArray(), "unsafe"));
        Assert.Equal("warning", (string?)told["grade"]);
        Assert.Contains("Mqtt:OpenTopicPrefixes is Topic", (string?)told["sentence"], StringComparison.Ordinal);
    }

    private static void OpenToOthers(string file)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        }
    }

    private static async Task<JsonArray> ExamineAsync(string folder, IReadOnlyDictionary<string, string> variables, params string[] more)
    {
        var (code, output, error) = await Sc.AloneAsync(folder, variables, ["doctor", "--data", folder, "--output", "json", .. more], Cancellation);
        var report = JsonNode.Parse(output) ?? throw new InvalidOperationException(error);
        Assert.Equal((bool)report["good"]! ? 0 : 1, code);
        return report["findings"]!.AsArray();
    }

    private static JsonNode[] All(JsonArray findings, string check) => [.. findings.Where(f => (string?)f!["check"] == check).Select(f => f!)];

    private static JsonNode Only(JsonArray findings, string check) => Assert.Single(All(findings, check));

    private static string? Grade(JsonArray findings, string check) => (string?)Only(findings, check)["grade"];

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
