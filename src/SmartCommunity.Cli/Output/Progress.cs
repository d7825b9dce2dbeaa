using System.Globalization;
using Spectre.Console;

namespace SmartCommunity.Cli.Output;

/// <summary>How far a long work is. Safe from any thread.</summary>
internal sealed class Progress(long total)
{
    private long done;
    private long all = total;

    public long Total => Interlocked.Read(ref all);

    public long Done => Interlocked.Read(ref done);

    public void Add(long steps = 1) => Interlocked.Add(ref done, steps);

    /// <summary>For work that is measured elsewhere and learns its total on the way.</summary>
    public void Set(long doneNow, long totalNow)
    {
        Interlocked.Exchange(ref done, doneNow);
        Interlocked.Exchange(ref all, totalNow);
    }
}

/// <summary>Shows the progress of a long work on standard error: a bar on a terminal, else a line every few seconds.</summary>
internal static class ProgressDisplay
{
    /// <summary>Time between two lines when there is no terminal.</summary>
    public static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan BarEvery = TimeSpan.FromMilliseconds(150);

    public static async Task<T> RunAsync<T>(Surroundings around, string title, long total, Func<Progress, Task<T>> work)
    {
        var progress = new Progress(total);
        if (!around.ErrorIsTerminal)
        {
            return await WithLinesAsync(around, title, progress, work(progress));
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(around.Error) });
        return await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask(Markup.Escape(title), maxValue: Math.Max(1, total));
                var running = work(progress);
                using var timer = new PeriodicTimer(BarEvery, around.Clock);
                while (!running.IsCompleted)
                {
                    (bar.MaxValue, bar.Value) = (Math.Max(1, progress.Total), progress.Done);
                    await Task.WhenAny(running, timer.WaitForNextTickAsync().AsTask());
                }

                (bar.MaxValue, bar.Value) = (Math.Max(1, progress.Total), progress.Done);
                return await running;
            });
    }

    private static async Task<T> WithLinesAsync<T>(Surroundings around, string title, Progress progress, Task<T> running)
    {
        using var timer = new PeriodicTimer(LineEvery, around.Clock);
        var tick = timer.WaitForNextTickAsync().AsTask();
        while (await Task.WhenAny(running, tick) != running)
        {
            around.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title}: {progress.Done} of {progress.Total}"));
            tick = timer.WaitForNextTickAsync().AsTask();
        }

        return await running;
    }
}
