using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace SmartCommunity.Tidy;

/// <summary>The systemd unit fits the program, and systemd itself can read it.</summary>
public sealed class ServiceUnitTests
{
    private const string Unit = "docs/systemd/smartcommunity.service";
    private const int StoreCloseSecondsMin = 10;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void A_stop_gets_more_time_than_the_program_takes_to_drain()
    {
        var drain = int.Parse(
            Regex.Match(Repository.Read("src/SmartCommunity.Host/Settings/HostSettings.cs"), @"DrainSecondsMax \{ get; init; \} = (\d+);").Groups[1].Value,
            CultureInfo.InvariantCulture);
        Assert.True(int.Parse(Value("TimeoutStopSec"), CultureInfo.InvariantCulture) >= drain + StoreCloseSecondsMin);
        Assert.Equal("notify", Value("Type"));
        Assert.Equal("0700", Value("StateDirectoryMode"));
    }

    [Fact]
    public async Task Systemd_finds_nothing_wrong_with_the_unit()
    {
        Assert.SkipUnless(
            (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Any(p => File.Exists(Path.Combine(p, "systemd-analyze"))),
            "systemd-analyze is not installed (Debian package systemd).");
        var folder = System.IO.Directory.CreateTempSubdirectory("sc-unit-");
        try
        {
            // Where the program is installed differs; all else is verified as it stands.
            var file = Path.Combine(folder.FullName, "smartcommunity.service");
            await File.WriteAllTextAsync(file, Regex.Replace(Repository.Read(Unit), "(?m)^ExecStart=.*$", "ExecStart=/bin/sh"), Cancellation);
            using var process = Process.Start(new ProcessStartInfo("systemd-analyze", ["verify", "--man=no", file]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var said = await process.StandardError.ReadToEndAsync(Cancellation);
            await process.WaitForExitAsync(Cancellation);
            Verdict.None(said.Split('\n').Where(line => line.Contains("smartcommunity.service", StringComparison.Ordinal)));
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Value(string name) => Regex.Match(Repository.Read(Unit), $"(?m)^{name}=(.*)$").Groups[1].Value;
}
