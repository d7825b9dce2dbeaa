using SmartCommunity.Cli;
using SmartCommunity.Cli.Connections;
using SmartCommunity.Cli.Importing;
using SmartCommunity.Cli.Playing;
using Xunit;

namespace SmartCommunity.Edge.Tests.Cli;

public sealed class CommandLineTests
{
    /// <summary>Nothing listens on the discard port of loopback.</summary>
    private static readonly string[] Nowhere = ["--grpc", "127.0.0.1:9", "--mqtt", "127.0.0.1:9", "--key", "k", "--district", "340104"];

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("alarms")]
    [InlineData("demo play --speed 0")]
    [InlineData("demo play --devices 1001")]
    [InlineData("readings d1 --limit 100001")]
    [InlineData("status --output xml")]
    [InlineData("status --district 34010")]
    [InlineData("status --grpc ftp://x")]
    [InlineData("status --mqtt ://")]
    [InlineData("watch --kinds weather --key k --district 340104")]
    [InlineData("demo play --reports a.csv")]
    [InlineData("demo play --reports a.csv --mapping nothere.json")]
    [InlineData("demo play --mapping nyc311")]
    [InlineData("demo play --readings a.csv --mapping nyc311")]
    [InlineData("import buildings nothere.csv --key k --district 340104")]
    [InlineData("device send d1 open --body [1] --key k --district 340104")]
    [InlineData("device send d1 open --ttl 0")]
    [InlineData("device commands d1 --state lost")]
    [InlineData("readings d1 --from yesterday --key k --district 340104")]
    public async Task A_wrong_command_line_answers_2_and_a_next_step(string line)
    {
        using var folder = new Folder();
        var run = await CliRun.SayAsync(folder, line.Split(' '));
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.StartsWith("sc: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("\n    ", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    [Fact]
    public async Task Without_a_key_the_next_step_is_said()
    {
        using var folder = new Folder();
        var run = await CliRun.SayAsync(folder, "status", "--district", "340104");
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("--key", run.Error, StringComparison.Ordinal);
        Assert.Contains("SC_API_KEY", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_nothing_answers_the_code_is_3_and_json_says_the_same()
    {
        using var folder = new Folder();
        var run = await CliRun.SayAsync(folder, ["status", "--output", "json", .. Nowhere]);
        Assert.Equal(ExitCode.Unavailable, run.ExitCode);
        Assert.Equal(3, (int)run.Json["error"]!["exitCode"]!);
        Assert.Contains("127.0.0.1:9", (string?)run.Json["error"]!["sentence"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_row_is_told_before_anything_is_sent()
    {
        using var folder = new Folder();
        folder.Write("b.csv", "id,name,lon,lat,storeys\nb1,一号楼,117.2,31.8,6\nb2,,\"117,2\",31.8,x\nb1,again,117.2,31.8,\n");
        var run = await CliRun.SayAsync(folder, ["import", "buildings", "b.csv", "--output", "json", .. Nowhere]);
        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Equal(
            [(3, "name"), (3, "lon"), (3, "storeys"), (4, "id")],
            run.Json["errors"]!.AsArray().Select(e => ((int)e!["row"]!, (string?)e["column"]!)));
        Assert.Equal((0, 4, false), ((int)run.Json["created"]!, (int)run.Json["refused"]!, (bool)run.Json["dryRun"]!));
        Assert.Contains("row 3, lon: '117,2' is no number. Write it with a dot", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_every_command_and_the_exit_codes()
    {
        using var folder = new Folder();
        var help = (await CliRun.SayAsync(folder, "--help")).Out;
        Assert.All(["import", "device", "watch", "demo", "status", "twin", "readings", "alarms", "quarantine", "hash", "Exit codes"], word => Assert.Contains(word, help, StringComparison.Ordinal));
    }

    [Fact]
    public void A_flag_wins_over_the_environment_and_that_over_the_demo_file()
    {
        using var folder = new Folder();
        folder.Write("data/demo.env", "# demo\nSC_GRPC=http://localhost:18081\nSC_MQTT=mqtt://localhost:11883\nSC_API_KEY=\"from-file\"\nSC_DISTRICT=340104\nSC_DEMO_SECRET=s\n");
        var deep = Directory.CreateDirectory(Path.Combine(folder.Path, "a", "b")).FullName;
        Surroundings Around(Dictionary<string, string> variables) =>
            new(TextWriter.Null, TextWriter.Null, false, false, variables.GetValueOrDefault, deep, TimeProvider.System);

        var settings = ConnectionSettings.Resolve(new(null, "other:1", null, null), Around(new() { ["SC_API_KEY"] = "from-environment", ["SC_MQTT"] = "lost:2" }));
        Assert.Equal("http://localhost:18081/", settings.Grpc.ToString());
        Assert.Equal(new MqttAddress("other", 1, false), settings.Mqtt);
        Assert.Equal(("from-environment", "340104", "s"), (settings.ApiKey, settings.District, settings.DemoSecret));
        Assert.Equal("from-file", ConnectionSettings.Resolve(new(null, null, null, null), Around([])).ApiKey);
    }

    [Theory]
    [InlineData("localhost:1884", "localhost", 1884, false)]
    [InlineData("mqtt://h", "h", 1883, false)]
    [InlineData("mqtts://h", "h", 8883, true)]
    public void Mqtt_addresses_may_be_short_or_long(string text, string host, int port, bool tls) =>
        Assert.Equal(new MqttAddress(host, port, tls), MqttAddress.Parse(text));

    [Fact]
    public void A_file_of_tokens_is_readable_by_its_owner_alone_and_never_written_over()
    {
        using var folder = new Folder();
        var path = Path.Combine(folder.Path, "tokens.csv");
        using (var file = CredentialsFile.CreateNew(path))
        {
            file.Add("d1", "t1");
        }

        Assert.Equal("t1", CredentialsFile.Read(path)["d1"]);
        Assert.Throws<CliFailure>(() => CredentialsFile.CreateNew(path));
        CredentialsFile.Replace(path, new Dictionary<string, string> { ["d2"] = "t2" });
        Assert.Equal(["d2"], CredentialsFile.Read(path).Keys);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public void The_demo_tokens_are_those_the_demo_district_registers()
    {
        foreach (var id in Enumerable.Range(0, 100).Select(i => $"env-{i}"))
        {
            Assert.Equal(Domain.Demo.DemoTokens.Of("a secret", Domain.Ids.DeviceId.Parse(id)), DemoDeviceToken.Of("a secret", id));
        }
    }
}
