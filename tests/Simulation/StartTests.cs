using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SmartCommunity.Simulation.Products;
using Xunit;

namespace SmartCommunity.Simulation;

public sealed class StartTests
{
    private static readonly TimeSpan ReadyMax = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_empty_folder_is_a_running_demo_district_within_20_seconds()
    {
        using var folder = new TempFolder();
        await using var product = await Product.StartAsync(new(folder.Path, Demo: true), Cancellation);
        var took = Stopwatch.GetElapsedTime(product.StartedAt);
        Console.WriteLine($"figure: first start with the demo district: ready in {took.TotalSeconds:0.0} s");
        Assert.InRange(took, TimeSpan.Zero, ReadyMax);

        var env = DemoFile.Read(folder.Path);
        string[] names =
            ["SC_HTTP", "SC_GRPC", "SC_MQTT", "SC_MQTT_PORT", "SC_API_KEY", "SC_OPERATOR_KEY", "SC_DEVICE_ID", "SC_DEVICE_TOKEN", "SC_DISTRICT", "SC_DEMO_SECRET"];
        Assert.All(names, name => Assert.NotEmpty(env[name]));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder.Path, "demo.env")));
        }

        using var api = new Worlds.Api(product.Grpc, env["SC_API_KEY"]);
        var district = $"districts/{env["SC_DISTRICT"]}";
        Assert.Equal(1200, (await api.BuildingsAsync(district, Cancellation)).Count);
        Assert.Contains(await api.DevicesAsync(district, Cancellation), d => d.Name.EndsWith($"/{env["SC_DEVICE_ID"]}", StringComparison.Ordinal));

        var hash = await api.StateHashAsync(district, Cancellation);
        var (exitCode, stopped) = await product.TerminateAsync(Cancellation);
        Assert.Equal(0, exitCode);
        Assert.InRange(stopped, TimeSpan.Zero, StopMax);
        await product.RestartAsync(Cancellation);
        Console.WriteLine($"figure: start with the district in place: ready in {Stopwatch.GetElapsedTime(product.StartedAt).TotalSeconds:0.0} s; stop took {stopped.TotalSeconds:0.0} s");
        Assert.Equal(env.Values, DemoFile.Read(folder.Path).Values);
        Assert.Equal(hash, await api.StateHashAsync(district, Cancellation));
    }

    [Fact]
    public async Task A_demo_that_was_killed_while_it_was_seeded_is_completed_by_the_next_start()
    {
        using var folder = new TempFolder();
        await using var product = await Product.StartAsync(new(folder.Path, Demo: true), Cancellation);
        var whole = await HashAsync(product);
        await product.KillAsync();
        using var half = new TempFolder();
        await using var resumed = await SeedInPiecesAsync(half.Path);
        Assert.Equal(whole.Rows, (await HashAsync(resumed)).Rows);
    }

    [Fact]
    public async Task A_second_process_on_the_same_folder_is_refused_with_one_sentence()
    {
        using var folder = new TempFolder();
        await using var first = await Product.StartAsync(new(folder.Path), Cancellation);
        var (exitCode, error) = await RunAsync(folder.Path, Free());
        Assert.Equal(1, exitCode);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Contains(folder.Path, error, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await first.ReadinessAsync(Cancellation))!.Value.Status);
    }

    [Fact]
    public async Task The_description_of_the_MQTT_side_is_served_without_a_key()
    {
        using var folder = new TempFolder();
        await using var product = await Product.StartAsync(new(folder.Path), Cancellation);
        using var http = new HttpClient { BaseAddress = product.Http };
        using var answer = await http.GetAsync(new Uri("/asyncapi.yaml", UriKind.Relative), Cancellation);
        Assert.Equal((HttpStatusCode.OK, "application/yaml"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.StartsWith("asyncapi: 3.0.0", text, StringComparison.Ordinal);
        Assert.Contains("sc/v1/{district}/{device}/cmd/{request_id}/reply", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_its_option()
    {
        using var folder = new TempFolder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var (exitCode, error) = await RunAsync(folder.Path, [.. Free().Where(a => !a.StartsWith("--Ports:Mqtt", StringComparison.Ordinal)), $"--Ports:Mqtt={port}"]);
        Assert.Equal(1, exitCode);
        Assert.Contains($"Port {port} (Ports:Mqtt) is in use", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Ports:Http=eighty", "Ports:Http")]
    [InlineData("--Ports:Http=65536", "Ports:Http")]
    [InlineData("--Ports:Htpp=80", "did you mean Ports:Http?")]
    [InlineData("--Listen:Address=everywhere", "Listen:Address")]
    [InlineData("--Demo:Enabled=perhaps", "Demo:Enabled")]
    [InlineData("--Grains:SweepEveryMs=1", "Grains:SweepEveryMs")]
    [InlineData("--Store:SegmentRows=1", "Store:SegmentRows")]
    [InlineData("--Grpc:OperatorKeyHash=abc", "Grpc:OperatorKeyHash")]
    public async Task A_wrong_option_stops_the_start_and_is_named(string argument, string key)
    {
        using var folder = new TempFolder();
        var (exitCode, error) = await RunAsync(folder.Path, [.. Free(), argument]);
        Assert.Equal(1, exitCode);
        Assert.Contains(key, error, StringComparison.Ordinal);
        Assert.Contains("Way out:", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_service_manager_hears_of_readiness_when_readiness_is_there()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "notify");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(path));
        var variables = new Dictionary<string, string> { ["NOTIFY_SOCKET"] = path, ["LANG"] = "zh_CN.UTF-8", ["LC_ALL"] = string.Empty };
        await using var product = Product.Launched(new(folder.Path, More: [("Mqtt:OpenTopicPrefixes", "Topic")], Variables: variables));
        Assert.Equal("READY=1", await HearAsync(manager));
        Assert.Equal(HttpStatusCode.OK, (await product.ReadinessAsync(Cancellation))!.Value.Status);
        await product.TerminateAsync(Cancellation);
        Assert.Equal("STOPPING=1", await HearAsync(manager));
        Assert.Contains("模式：单机", product.Output, StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"ws://localhost:{product.HttpPort}/mqtt"), product.Output, StringComparison.Ordinal);
        Assert.Contains("不安全：以 Topic 开头", product.Output, StringComparison.Ordinal);
    }

    private static async Task<string> HearAsync(Socket manager)
    {
        var bytes = new byte[256];
        return System.Text.Encoding.ASCII.GetString(bytes, 0, await manager.ReceiveAsync(bytes, Cancellation));
    }

    private static string[] Free() => ["--Ports:Http=0", "--Ports:Grpc=0", "--Ports:Mqtt=0", "--Ports:Silo=0", "--Ports:Gateway=0", "--Demo:Enabled=false"];

    private static async Task<(int ExitCode, string Error)> RunAsync(string folder, string[] arguments)
    {
        string[] all = [Built.Program("SmartCommunity.Host", "SmartCommunity.Host.dll"), .. arguments, $"--Store:Folder={folder}"];
        using var process = Process.Start(new ProcessStartInfo("dotnet", all) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync(Cancellation);
        var error = await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        return (process.ExitCode, error + await output);
    }

    private static async Task<(string Hash, string Rows)> HashAsync(Product product)
    {
        var env = DemoFile.Read(product.Plan.Folder);
        using var api = new Worlds.Api(product.Grpc, env["SC_API_KEY"]);
        var answer = await api.Districts.GetStateHashAsync(
            new() { Name = $"districts/{env["SC_DISTRICT"]}" }, api.Headers, cancellationToken: Cancellation);
        return (answer.Hash, string.Join(", ", answer.Rows.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => $"{r.Key} {r.Value}")));
    }

    /// <summary>Kills the start at ever later moments until it gets through.</summary>
    private static async Task<Product> SeedInPiecesAsync(string folder)
    {
        var product = Product.Launched(new(folder, Demo: true));
        foreach (var ms in (int[])[2500, 3200, 4000, 4800])
        {
            await Until.ElapsedAsync(TimeSpan.FromMilliseconds(ms), Cancellation);
            await product.KillAsync();
            product.Launch();
        }

        await product.KillAsync();
        await product.RestartAsync(Cancellation);
        return product;
    }
}
