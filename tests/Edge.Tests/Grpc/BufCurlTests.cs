using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary>An unmodified <c>buf curl</c> finds the contract by reflection and calls it.</summary>
[Collection(GrpcCollection.Name)]
public sealed class BufCurlTests(EdgeHost host)
{
    private static readonly TimeSpan RunMax = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Buf_curl_lists_by_reflection_and_shows_a_refusal()
    {
        var name = await host.BuildingAsync();
        var (code, told) = await RunAsync("GetBuilding", JsonSerializer.Serialize(new { name }));
        Assert.True(code == 0, told);
        Assert.Contains(name, told, StringComparison.Ordinal);
        (code, told) = await RunAsync("GetBuilding", JsonSerializer.Serialize(new { name = name + "-not" }));
        Assert.NotEqual(0, code);
        Assert.Contains("not_found", told, StringComparison.Ordinal);
        Console.WriteLine("figure: buf curl called by reflection");
    }

    private async Task<(int Code, string Told)> RunAsync(string method, string request)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "SmartCommunity.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException("Not inside the repository.");
        }

        var buf = Path.Combine(root.FullName, "protos", "node_modules", ".bin", "buf");
        Assert.SkipUnless(File.Exists(buf), "buf is not installed; ./dev test and ./dev protos install it where npm is");
        string[] arguments =
        [
            "curl", "--protocol", "grpc", "--http2-prior-knowledge", "-H", $"x-api-key: {host.Key}", "-d", request,
            $"{host.GrpcUrl}/smartcommunity.v1.BuildingService/{method}",
        ];
        using var process = Process.Start(new ProcessStartInfo(buf, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var tooLong = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        tooLong.CancelAfter(RunMax);
        var errors = process.StandardError.ReadToEndAsync(tooLong.Token);
        var told = await process.StandardOutput.ReadToEndAsync(tooLong.Token) + await errors;
        await process.WaitForExitAsync(tooLong.Token);
        return (process.ExitCode, told);
    }
}
