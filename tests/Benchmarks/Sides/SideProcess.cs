using System.Diagnostics;
using System.Globalization;

namespace SmartCommunity.Benchmarks.Sides;

/// <summary>A side that runs as a child of this process; ends with it.</summary>
internal sealed class SideProcess : IAsyncDisposable
{
    private readonly Process process;

    private SideProcess(Process process, int port)
    {
        this.process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Processor time so far, user and kernel, in microseconds.</summary>
    public double CpuMicroseconds
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime.TotalMicroseconds;
        }
    }

    public static async Task<SideProcess> StartAsync(string name, params string[] args)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
        {
            start.ArgumentList.Add(typeof(SideProcess).Assembly.Location);
        }

        foreach (var arg in (string[])["side", name, .. args])
        {
            start.ArgumentList.Add(arg);
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException("The side did not start.");
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("ready ", StringComparison.Ordinal))
            {
                return new SideProcess(process, int.Parse(line.AsSpan(6), CultureInfo.InvariantCulture));
            }
        }

        throw new InvalidOperationException($"The side {name} ended before it was ready.");
    }

    /// <summary>Bytes the side has allocated so far.</summary>
    public async Task<long> AllocatedAsync()
    {
        await process.StandardInput.WriteLineAsync("allocated");
        await process.StandardInput.FlushAsync();
        return long.Parse((await process.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }

        process.Dispose();
    }
}
