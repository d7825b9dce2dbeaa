using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace SmartCommunity.Simulation.Journeys;

/// <summary>A shell that stays open between the blocks of a page, as a reader's does; a command that fails ends it.</summary>
internal sealed class Terminal : IDisposable
{
    private const string Prompt = "@@done@@";
    private const int LinesMax = 10_000;

    private readonly Process shell;
    private readonly Channel<string> lines = Channel.CreateBounded<string>(LinesMax);
    private readonly Lock gate = new();
    private readonly StringBuilder said = new();

    /// <param name="folder">Where it stands.</param>
    /// <param name="variables">What the product of this journey has otherwise than the defaults of the page: its ports.</param>
    public Terminal(string folder, IEnumerable<(string Name, string Value)> variables)
    {
        var info = new ProcessStartInfo("bash", ["-e", "-o", "pipefail"])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in variables)
        {
            info.Environment[name] = value;
        }

        shell = Process.Start(info)!;
        shell.StandardInput.AutoFlush = true;
        shell.StandardInput.WriteLine("exec 2>&1");
        _ = ReadAsync();
    }

    /// <summary>All that was printed since the last block began.</summary>
    public string Said
    {
        get
        {
            lock (gate)
            {
                return said.ToString();
            }
        }
    }

    /// <summary>Types the block and does not wait. Its commands get no input: they would read the blocks after it.</summary>
    public void Type(string commands)
    {
        lock (gate)
        {
            said.Clear();
        }

        var quoted = commands.Replace("'", "'\\''", StringComparison.Ordinal);
        shell.StandardInput.WriteLine($"eval '{quoted}' </dev/null\necho; echo {Prompt}");
    }

    /// <summary>Waits until the block is over; answers whether it succeeded.</summary>
    public async Task<bool> IsDoneAsync(CancellationToken cancellation)
    {
        await foreach (var line in lines.Reader.ReadAllAsync(cancellation))
        {
            if (line == Prompt)
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose()
    {
        if (!shell.HasExited)
        {
            shell.Kill(entireProcessTree: true);
        }

        shell.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await shell.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line != Prompt)
            {
                lock (gate)
                {
                    said.Append(line).Append('\n');
                }
            }

            await lines.Writer.WriteAsync(line);
        }

        lines.Writer.Complete();
    }
}
