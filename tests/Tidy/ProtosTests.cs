using System.Diagnostics;
using Xunit;

namespace SmartCommunity.Tidy;

/// <summary>The contract against buf: its lint, and that clients of the released contract are not broken.</summary>
public sealed class ProtosTests
{
    // Seen to fail with a field renamed, and with a comment taken away.
    [Fact]
    public async Task The_contract_is_linted_and_breaks_no_released_client()
    {
        Assert.SkipUnless(File.Exists(Path.Combine(Repository.Root, "protos/node_modules/.bin/buf")), "buf is not installed; ./dev test and ./dev protos install it where npm is");
        using var check = Process.Start(new ProcessStartInfo("bash", ["./dev", "protos"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = check.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var told = await check.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await errors;
        await check.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(check.ExitCode == 0, told);
    }
}
