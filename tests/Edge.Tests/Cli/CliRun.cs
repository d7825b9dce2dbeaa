using System.Text.Json.Nodes;
using SmartCommunity.Cli;

namespace SmartCommunity.Edge.Tests.Cli;

/// <summary>One run of <c>sc</c> inside the test's process: its exit code and what it printed.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error)
{
    public JsonNode Json => JsonNode.Parse(Out)!;

    public static Task<CliRun> SayAsync(Folder folder, params string[] args) => SayAsync(folder, [], args);

    public static async Task<CliRun> SayAsync(Folder folder, Dictionary<string, string> variables, params string[] args)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var around = new Surroundings(TextWriter.Synchronized(output), TextWriter.Synchronized(error), OutIsTerminal: false, ErrorIsTerminal: false, variables.GetValueOrDefault, folder.Path, TimeProvider.System);
        var code = await CommandTree.RunAsync(args, around);
        return new(code, output.ToString(), error.ToString());
    }
}

/// <summary>A temporary folder that goes with the test.</summary>
internal sealed class Folder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("sc-cli-").FullName;

    public string Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

/// <summary>The folder <c>shared/data</c> beside the repository; null where it is not.</summary>
internal static class SharedFiles
{
    public static string? Find(params string[] parts)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SmartCommunity.sln")))
            {
                var path = Path.Combine([folder.Parent!.FullName, "shared", "data", .. parts]);
                return Path.Exists(path) ? path : null;
            }
        }

        return null;
    }
}
