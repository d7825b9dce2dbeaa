using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using SmartCommunity.Simulation.Devices;
using SmartCommunity.Simulation.Products;
using Xunit;

namespace SmartCommunity.Simulation;

/// <summary>A product with its demo district and a device that never stops publishing, for programs in any language.</summary>
public sealed class SampleProduct : IAsyncLifetime
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(150);

    private readonly TempFolder folder = new();
    private readonly CancellationTokenSource ending = new();
    private Product? product;
    private Task publishing = Task.CompletedTask;

    internal DemoFile Env { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        product = await Product.StartAsync(new(folder.Path, Demo: true), CancellationToken.None);
        Env = DemoFile.Read(folder.Path);
        if (Mosquitto.IsThere)
        {
            publishing = PublishAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await publishing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await product!.DisposeAsync();
        ending.Dispose();
        folder.Dispose();
    }

    private async Task PublishAsync()
    {
        using var pace = new PeriodicTimer(Pace);
        for (var i = 0; await pace.WaitForNextTickAsync(ending.Token); i++)
        {
            await Mosquitto.PublishAsync(product!.MqttPort, Env["SC_DEVICE_TOKEN"], "v1/devices/me/telemetry", $"{{\"id\":\"sample-{i}\",\"values\":{{\"pm25\":{i % 50}}}}}", ending.Token);
        }
    }
}

/// <summary>The samples of docs, as a stranger runs them: the packed package, stubs made from the contract, the packages of npm.</summary>
public sealed partial class SampleTests(SampleProduct product) : IClassFixture<SampleProduct>
{
    private const int LinesMax = 40;
    private const string PythonGrpc = "/usr/lib/python3/dist-packages/grpc/__init__.py";
    private static readonly TimeSpan RunMax = TimeSpan.FromMinutes(4);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Samples => Path.Combine(Built.Root, "docs", "samples");

    private static string GoogleApis => Directory.GetDirectories(Path.Combine(Packages, "google.api.commonprotos")).Order(StringComparer.Ordinal).Last() + "/content/protos";

    private static string Packages => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    [Theory]
    [InlineData("csharp/sample.cs")]
    [InlineData("python/sample.py")]
    [InlineData("typescript/sample.ts")]
    public void A_sample_is_short(string file) => Assert.InRange(File.ReadAllLines(Path.Combine(Samples, file)).Length, 1, LinesMax);

    [Fact]
    public async Task The_sample_in_csharp_runs_with_the_packed_package()
    {
        Mosquitto.RequireOrSkip();
        using var folder = new TempFolder();
        var version = string.Create(CultureInfo.InvariantCulture, $"0.1.0-test{Environment.ProcessId}");
        string[] pack = ["pack", Path.Combine(Built.Root, "src", "SmartCommunity.Client"), "-c", Built.Configuration, "--no-build", $"-p:PackageVersion={version}", "-o", "feed", "--nologo"];
        await RunAsync(folder.Path, "dotnet", pack);
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "nuget.config"), """<configuration><packageSources><add key="here" value="feed" /></packageSources></configuration>""", Cancellation);
        var sample = await File.ReadAllTextAsync(Path.Combine(Samples, "csharp", "sample.cs"), Cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "sample.cs"), PackageVersion.Replace(sample, $"@{version}", 1), Cancellation);
        try
        {
            var said = await RunAsync(folder.Path, "dotnet", ["run", "sample.cs"]);
            Assert.Contains("refused NOT_FOUND at name", said, StringComparison.Ordinal);
            Shows(said, "csharp");
        }
        finally
        {
            // What was restored from this test's own folder is of no use to anybody else.
            var restored = Path.Combine(Packages, "smartcommunity.client", version);
            if (Directory.Exists(restored))
            {
                Directory.Delete(restored, recursive: true);
            }
        }
    }

    [Fact]
    public async Task The_sample_in_python_runs_with_stubs_of_the_contract()
    {
        Mosquitto.RequireOrSkip();
        Assert.SkipUnless(File.Exists(PythonGrpc), "gRPC for Python is not installed (Debian package python3-grpcio).");
        Assert.SkipUnless(OnPath("protoc") && OnPath("grpc_python_plugin"), "protoc is not installed (Debian packages protobuf-compiler and protobuf-compiler-grpc).");
        using var folder = new TempFolder();
        var protos = Path.Combine(Built.Root, "protos");
        string[] arguments =
        [
            "-I", protos, "-I", GoogleApis, "--plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin", "--python_out=.", "--grpc_out=.",
            .. Directory.GetFiles(Path.Combine(protos, "smartcommunity", "v1"), "*.proto"),
            Path.Combine(GoogleApis, "google", "api", "annotations.proto"), Path.Combine(GoogleApis, "google", "api", "http.proto"),
        ];
        await RunAsync(folder.Path, "protoc", arguments);
        Shows(await RunAsync(folder.Path, "/usr/bin/python3", [Path.Combine(Samples, "python", "sample.py")]), "python");
    }

    [Fact]
    public async Task The_sample_in_typescript_runs_with_node()
    {
        Mosquitto.RequireOrSkip();
        Assert.SkipUnless(OnPath("node"), "Node.js is not installed (Debian package nodejs).");
        var tsx = Path.Combine(Samples, "typescript", "node_modules", ".bin", "tsx");
        Assert.SkipUnless(File.Exists(tsx), "The packages of the sample are not installed: run npm ci in docs/samples/typescript.");
        Shows(await RunAsync(Path.Combine(Samples, "typescript"), tsx, ["sample.ts"]), "typescript");
    }

    [GeneratedRegex(@"(?<=^#:package SmartCommunity\.Client)@\S+", RegexOptions.Multiline)]
    private static partial Regex PackageVersion { get; }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Any(p => File.Exists(Path.Combine(p, program)));

    private static void Shows(string said, string language)
    {
        var lines = said.Split('\n');
        Assert.Equal(3, lines.Count(l => l.StartsWith("twin districts/340104/", StringComparison.Ordinal)));
        Assert.Contains($"building districts/340104/buildings/sample-{language}, again the same: true", lines, StringComparer.OrdinalIgnoreCase);
        var cursors = lines.Where(l => l.StartsWith("event reading ", StringComparison.Ordinal)).Select(l => long.Parse(l.Split(' ')[^1], CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(3, cursors.Length);
        Assert.Equal(cursors.Order().Distinct(), cursors);
    }

    private async Task<string> RunAsync(string folder, string program, string[] arguments)
    {
        var info = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in product.Env.Values)
        {
            info.Environment[name] = value;
        }

        info.Environment["PYTHONPATH"] = folder;
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(info)!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(RunMax);
        try
        {
            var error = process.StandardError.ReadToEndAsync(patience.Token);
            var output = await process.StandardOutput.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}\n{output}\n{await error}");
            Console.WriteLine($"figure: {Path.GetFileName(program)} {arguments[0]} took {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
            return output;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
