using System.Diagnostics;
using System.Globalization;

namespace SmartCommunity.Simulation.Products;

/// <summary>The built <c>sc</c> as a child process, as a person or script runs it.</summary>
internal static class Sc
{
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        Product product, string folder, string key, string district, string[] arguments, CancellationToken cancellation)
    {
        string[] all =
        [
            Built.Program("SmartCommunity.Cli", "sc.dll"),
            .. arguments,
            "--grpc", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{product.GrpcPort}"),
            "--mqtt", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{product.MqttPort}"),
            "--key", key,
            "--district", district,
            "--output", "json",
        ];
        return await RunAsync(folder, all, new Dictionary<string, string>(), cancellation);
    }

    /// <summary>Without a server: every option of <c>sc</c> comes from the arguments and the variables.</summary>
    public static Task<(int ExitCode, string Output, string Error)> AloneAsync(
        string folder, IReadOnlyDictionary<string, string> variables, string[] arguments, CancellationToken cancellation) =>
        RunAsync(folder, [Built.Program("SmartCommunity.Cli", "sc.dll"), .. arguments], variables, cancellation);

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string folder, string[] all, IReadOnlyDictionary<string, string> variables, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet", all)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(cancellation);
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, output, await error);
    }
}
