using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary>Debian's chromium without a window; tests that need it are skipped where it is missing.</summary>
internal static class Browser
{
    private const string Program = "chromium";
    private static readonly TimeSpan OpenMax = TimeSpan.FromSeconds(60);

    /// <summary>What a page looks like once its programs have run, and the hosts it asked for.</summary>
    public static async Task<(string Dom, string[] Hosts)> OpenAsync(string url)
    {
        Assert.SkipUnless(IsThere, $"{Program} is not installed; ./dev test installs it where it can");
        var folder = Directory.CreateTempSubdirectory("smartcommunity-browser-").FullName;
        try
        {
            var log = Path.Combine(folder, "net.json");
            string[] arguments =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--disable-default-apps", "--disable-sync", $"--user-data-dir={folder}", $"--log-net-log={log}", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                "--virtual-time-budget=20000", "--dump-dom", url,
            ];
            using var process = Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            using var tooLong = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            tooLong.CancelAfter(OpenMax);
            try
            {
                var errors = process.StandardError.ReadToEndAsync(tooLong.Token);
                var dom = await process.StandardOutput.ReadToEndAsync(tooLong.Token);
                await process.WaitForExitAsync(tooLong.Token);
                await errors;
                return (dom, Hosts(await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken)));
            }
            finally
            {
                if (!process.HasExited)
                {
                    process.Kill(entireProcessTree: true);
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool IsThere => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, Program)));

    /// <summary>Hosts of all requests that pages made. Those of the browser itself have no initiator and go nowhere: no name resolves.</summary>
    private static string[] Hosts(string netLog)
    {
        using var log = JsonDocument.Parse(netLog);
        return
        [
            .. log.RootElement.GetProperty("events").EnumerateArray()
                .Select(e => e.TryGetProperty("params", out var told) ? told : default)
                .Where(told => told.ValueKind == JsonValueKind.Object && told.TryGetProperty("url", out _) && told.TryGetProperty("initiator", out var by) && by.GetString() is not ("not an origin" or null))
                .Select(told => Uri.TryCreate(told.GetProperty("url").GetString(), UriKind.Absolute, out var uri) ? uri.Host : string.Empty)
                .Where(host => host.Length > 0)
                .Distinct(),
        ];
    }
}
