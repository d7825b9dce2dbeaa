using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SmartCommunity.Cli.Connections;

/// <summary>
/// The server's program, for work on files and settings without a running server. It has the rules; <c>sc</c> starts it with a verb and reads what it says: lines of JSON.
/// </summary>
internal static class HostProgram
{
    private const string FileName = "SmartCommunity.Host.dll";

    /// <summary>The program: named by SC_HOST_PROGRAM, beside sc, or as built in the same checkout; null when there is none.</summary>
    public static string? Find(Surroundings around)
    {
        // …/src/SmartCommunity.Cli/bin/{configuration}/{framework}/
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var built = own.Parent?.Parent?.Parent?.Parent is { } sources
            ? Path.Combine(sources.FullName, "SmartCommunity.Host", "bin", own.Parent!.Name, own.Name, FileName)
            : FileName;
        return new[] { around.Variable("SC_HOST_PROGRAM"), Path.Combine(own.FullName, FileName), built }
            .FirstOrDefault(path => !string.IsNullOrEmpty(path) && File.Exists(path) && File.Exists(Path.ChangeExtension(path, ".runtimeconfig.json")));
    }

    /// <summary>Runs a verb; answers its report.</summary>
    /// <param name="onStep">Told what the program is doing.</param>
    /// <exception cref="CliFailure">There is no program, or it refused.</exception>
    public static async Task<JsonNode> RunAsync(Surroundings around, string[] verb, Action<string> onStep, CancellationToken cancellation)
    {
        var program = Find(around) ?? throw CliFailure.Usage(
            $"The server's program ({FileName}) was not found.", "Build it (./dev run does), or name it with SC_HOST_PROGRAM.");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. verb])
        {
            WorkingDirectory = around.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var error = process.StandardError.ReadToEndAsync(cancellation);
            var report = await ReadAsync(process.StandardOutput, onStep, cancellation);
            await process.WaitForExitAsync(cancellation);
            return report ?? throw CliFailure.Unavailable($"The server's program broke off: {FirstLine(await error)}", "Repeat it; when it breaks off again, report it with this line.");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static async Task<JsonNode?> ReadAsync(StreamReader output, Action<string> onStep, CancellationToken cancellation)
    {
        JsonNode? report = null;
        while (await output.ReadLineAsync(cancellation) is { } line)
        {
            var said = Parse(line);
            if (said?["step"] is { } step)
            {
                onStep(step.GetValue<string>());
            }
            else if (said?["refusal"] is { } refusal)
            {
                throw CliFailure.Refused(refusal.GetValue<string>(), "");
            }

            report = said?["report"] ?? report;
        }

        return report;
    }

    private static JsonNode? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string FirstLine(string text) => text.AsSpan().Trim().ToString().Split('\n')[0];
}
