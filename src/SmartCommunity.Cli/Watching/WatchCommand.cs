using System.CommandLine;
using SmartCommunity.Cli.Looking;
using SmartCommunity.Cli.Output;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Watching;

/// <summary><c>sc watch [--area CODE] [--kinds alarm,report] [--cursor C]</c>: live events until interrupted.</summary>
internal static class WatchCommand
{
    public static Command Build(Shell shell)
    {
        var area = Listing.AreaOption();
        var kinds = new Option<string?>("--kinds") { Description = $"Only these, separated by commas: {string.Join(",", EventText.Kinds)}", HelpName = "KINDS" };
        var cursor = new Option<string?>("--cursor") { Description = "Resume after this cursor; 0 for from the beginning", HelpName = "CURSOR" };
        var limit = Listing.Whole("--limit", "End after this many events", int.MaxValue, 1, int.MaxValue);
        return shell.Runs(new Command("watch", "Shows what happens, as it happens; ends with Ctrl+C") { area, kinds, cursor, limit }, async (session, parsed, cancellation) =>
        {
            var last = parsed.GetValue(cursor) ?? "";
            var wanted = ParseKinds(parsed.GetValue(kinds)).ToArray();
            var batches = session.Server.Client.WatchBatchesAsync(parsed.GetValue(area) ?? "", wanted, last, Losses.Tell(session.Results, "the server went away"), cancellation);
            return await RunAsync(session.Results, batches, parsed.GetValue(limit), last);
        });
    }

    public static IEnumerable<EventKind> ParseKinds(string? text)
    {
        foreach (var word in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var kind = EventText.ParseKind(word);
            yield return kind != EventKind.Unspecified
                ? kind
                : throw CliFailure.Usage($"'{word}' is no kind of event.", $"Kinds are: {string.Join(", ", EventText.Kinds)}.");
        }
    }

    private static async Task<int> RunAsync(Results results, IAsyncEnumerable<WatchEventsResponse> batches, int limit, string last)
    {
        var seen = 0;
        var isWatching = false;
        try
        {
            await foreach (var response in batches)
            {
                if (!isWatching)
                {
                    isWatching = true;
                    results.Remark("watching; Ctrl+C ends");
                }

                foreach (var e in response.Events)
                {
                    results.Item(() => Results.ToJson(e), () => EventText.Line(e), EventText.Colour(e));
                    last = e.Cursor;
                    if (++seen >= limit)
                    {
                        return ExitCode.Ok;
                    }
                }

                last = response.Cursor;
            }
        }
        finally
        {
            if (last.Length > 0)
            {
                results.Remark($"resume with: sc watch --cursor {last}");
            }
        }

        return ExitCode.Ok;
    }
}
