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
        using var process = Process.Start(new ProcessStartInfo("dotnet", all)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync(cancellation);
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, output, await error);
    }
}
