using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace SmartCommunity.Simulation.Devices;

/// <summary>The most used command line client of MQTT, as a stranger's device.</summary>
internal static class Mosquitto
{
    public static bool IsThere =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Any(p => File.Exists(Path.Combine(p, "mosquitto_pub")));

    public static void RequireOrSkip() => Assert.SkipUnless(IsThere, "mosquitto_pub is not installed (Debian package mosquitto-clients).");

    /// <summary>Publishes a file over MQTT 5 with QoS 1; answers the exit code. Properties as its option -D takes them.</summary>
    public static async Task<int> PublishFileAsync(int port, string token, string topic, string file, string[] properties, CancellationToken cancellation)
    {
        string[] arguments =
        [
            "-h", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), "-V", "5", "-u", token, "-t", topic, "-q", "1", "-f", file, .. properties,
        ];
        using var process = Process.Start(new ProcessStartInfo("mosquitto_pub", arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode;
    }

    /// <summary>Publishes with QoS 1; answers the exit code, which is 0 only after the PUBACK.</summary>
    public static async Task<int> PublishAsync(int port, string token, string topic, string payload, CancellationToken cancellation)
    {
        string[] arguments =
            ["-h", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), "-u", token, "-t", topic, "-q", "1", "-m", payload];
        using var process = Process.Start(new ProcessStartInfo("mosquitto_pub", arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode;
    }
}
