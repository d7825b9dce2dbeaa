using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace SmartCommunity.Simulation.Products;

/// <summary>What a product is started with.</summary>
/// <param name="Folder">Its data folder.</param>
/// <param name="Demo">With the demo district.</param>
/// <param name="More">Further options.</param>
/// <param name="Mutant">Started as the mutant that acknowledges before the commit; see <see cref="MutantHost"/>.</param>
/// <param name="Variables">Environment variables beside those of the test.</param>
internal sealed record ProductPlan(
    string Folder,
    bool Demo = false,
    bool Mutant = false,
    IReadOnlyList<(string Key, string Value)>? More = null,
    IReadOnlyDictionary<string, string>? Variables = null)
{
    /// <summary>The operator's key of products without a demo.</summary>
    public const string OperatorKey = "op-0123456789abcdef0123456789abcdef";
}

/// <summary>
/// The built product as a child process on free ports. The ports are chosen once, so that devices find it again after a kill; the process is ended
/// by its own id only.
/// </summary>
internal sealed partial class Product : IAsyncDisposable
{
    private static readonly TimeSpan ReadyMax = TimeSpan.FromSeconds(60);
    private const int Terminate = 15;

    private readonly ConcurrentQueue<string> output = new();
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private Process? process;

    private Product(ProductPlan plan, int[] ports)
    {
        Plan = plan;
        (HttpPort, GrpcPort, MqttPort, SiloPort, GatewayPort) = (ports[0], ports[1], ports[2], ports[3], ports[4]);
    }

    public ProductPlan Plan { get; }

    public int HttpPort { get; }

    public int GrpcPort { get; }

    public int MqttPort { get; }

    public Uri Grpc => new($"http://127.0.0.1:{GrpcPort}");

    public Uri Http => new($"http://127.0.0.1:{HttpPort}");

    /// <summary>When the last process was started (<see cref="Stopwatch"/> ticks).</summary>
    public long StartedAt { get; private set; }

    public string Output => string.Join('\n', output.TakeLast(60));

    public bool IsRunning => process is { HasExited: false };

    /// <summary>Memory of the process that is in use now, bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            process!.Refresh();
            return process.WorkingSet64;
        }
    }

    private int SiloPort { get; }

    private int GatewayPort { get; }

    public static async Task<Product> StartAsync(ProductPlan plan, CancellationToken cancellation)
    {
        var product = new Product(plan, FreePorts(5));
        try
        {
            await product.RestartAsync(cancellation);
            return product;
        }
        catch
        {
            await product.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a process and does not wait for anything.</summary>
    public static Product Launched(ProductPlan plan)
    {
        var product = new Product(plan, FreePorts(5));
        product.Launch();
        return product;
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    public async Task RestartAsync(CancellationToken cancellation)
    {
        Launch();
        await Until.TrueAsync(IsReadyAsync, ReadyMax, () => $"the product is ready\n{Output}", cancellation);
    }

    /// <summary>Starts it and does not wait.</summary>
    public void Launch()
    {
        if (process is { HasExited: false })
        {
            throw new InvalidOperationException("It runs already.");
        }

        process?.Dispose();
        StartedAt = Stopwatch.GetTimestamp();
        process = Process.Start(StartInfo())!;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        if (process is not null)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    /// <summary>SIGTERM; answers the exit code and how long the stop took.</summary>
    public async Task<(int ExitCode, TimeSpan Took)> TerminateAsync(CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        if (Signal(process!.Id, Terminate) != 0)
        {
            throw new InvalidOperationException("The signal was not delivered.");
        }

        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, Stopwatch.GetElapsedTime(began));
    }

    /// <summary>Waits for a process that ends by itself.</summary>
    public async Task<int> ExitAsync(CancellationToken cancellation)
    {
        await process!.WaitForExitAsync(cancellation);
        return process.ExitCode;
    }

    /// <summary>Status and body of <c>/health/ready</c>; null while nobody listens.</summary>
    public async Task<(HttpStatusCode Status, string Body)?> ReadinessAsync(CancellationToken cancellation)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(Http, "/health/ready"), cancellation);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(cancellation));
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process?.Dispose();
        http.Dispose();
    }

    /// <summary>What it is started with, as options of the process.</summary>
    public IEnumerable<(string Key, string Value)> Options()
    {
        yield return ("Store:Folder", Plan.Folder);
        yield return ("Demo:Enabled", Plan.Demo ? "true" : "false");
        yield return ("Ports:Http", Text(HttpPort));
        yield return ("Ports:Grpc", Text(GrpcPort));
        yield return ("Ports:Mqtt", Text(MqttPort));
        yield return ("Ports:Silo", Text(SiloPort));
        yield return ("Ports:Gateway", Text(GatewayPort));
        foreach (var option in Plan.More ?? [])
        {
            yield return option;
        }

        if (!Plan.Demo)
        {
            yield return ("Grpc:OperatorKeyHash", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ProductPlan.OperatorKey))));
        }
    }

    public static int[] FreePorts(int count)
    {
        // All held at once, so that they differ.
        var probes = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var probe in probes)
        {
            probe.Start();
        }

        var ports = probes.Select(p => ((IPEndPoint)p.LocalEndpoint).Port).ToArray();
        foreach (var probe in probes)
        {
            probe.Dispose();
        }

        return ports;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);

    private async Task<bool> IsReadyAsync(CancellationToken cancellation)
    {
        if (process!.HasExited)
        {
            throw new InvalidOperationException($"The product ended with exit code {process.ExitCode}:\n{Output}");
        }

        return await ReadinessAsync(cancellation) is { Status: HttpStatusCode.OK };
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            output.Enqueue(line);
            while (output.Count > 400 && output.TryDequeue(out _))
            {
            }
        }
    }

    private ProcessStartInfo StartInfo()
    {
        var info = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Plan.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.ArgumentList.Add(Plan.Mutant
            ? Path.Combine(AppContext.BaseDirectory, "SmartCommunity.Simulation.dll")
            : Built.Program("SmartCommunity.Host", "SmartCommunity.Host.dll"));
        if (Plan.Mutant)
        {
            info.ArgumentList.Add(MutantHost.Argument);
        }

        foreach (var (name, value) in Plan.Variables ?? new Dictionary<string, string>())
        {
            info.Environment[name] = value;
        }

        foreach (var (key, value) in Options())
        {
            info.ArgumentList.Add($"--{key}={value}");
        }

        return info;
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
