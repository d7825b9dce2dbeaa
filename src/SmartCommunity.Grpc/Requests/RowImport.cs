using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grpc.Refusals;

namespace SmartCommunity.Grpc.Requests;

/// <summary>What became of one row.</summary>
internal enum RowFate
{
    Created = 1,
    Changed = 2,
    Unchanged = 3,
}

/// <summary>Imports row by row: good rows are kept, bad rows are listed; grain calls run side by side, bounded.</summary>
internal static class RowImport
{
    /// <param name="rows">The rows as they came; each has its number, its id and its record.</param>
    /// <param name="idField">Name of the id's field, for errors.</param>
    /// <param name="names">Translates fields of the domain's refusals.</param>
    /// <param name="write">Writes one row. The index is its place in the request.</param>
    public static async Task<V1.ImportSummary> RunAsync<TRow>(
        IReadOnlyList<TRow> rows,
        Func<TRow, (int Number, string Id)> identify,
        string idField,
        bool dryRun,
        FieldNames names,
        Func<TRow, int, Task<Outcome<RowAnswer>>> write,
        CancellationToken cancellation)
    {
        CheckCount(rows.Count, ApiLimits.ImportRowsMax);
        var answers = new Outcome<RowAnswer>[rows.Count];
        var firstOf = new Dictionary<string, int>(StringComparer.Ordinal);
        var first = new bool[rows.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            first[i] = firstOf.TryAdd(identify(rows[i]).Id, NumberOf(identify(rows[i]).Number, i));
        }

        await Parallel.ForEachAsync(
            Enumerable.Range(0, rows.Count),
            new ParallelOptions { MaxDegreeOfParallelism = ApiLimits.ParallelGrainCallsMax, CancellationToken = cancellation },
            async (i, _) => answers[i] = first[i]
                ? await write(rows[i], i)
                : new Refusal(RefusalCode.AlreadyExists, idField, $"Row {firstOf[identify(rows[i]).Id]} has the same id.", "Keep one of the two."));
        return Summary(rows, identify, dryRun, names, answers);
    }

    /// <summary>A row's number; 0 stands for its place in the request.</summary>
    public static int NumberOf(int number, int index) => number > 0 ? number : index + 1;

    public static void CheckCount(int count, int max, string field = "rows")
    {
        if (count > max)
        {
            throw RefusalStatus.ToException(new(RefusalCode.TooLarge, field, $"A call holds at most {max} of them; this has {count}.", "Send several calls."));
        }
    }

    public static V1.RowRefusal Row(int number, string id, Refusal refusal) => new()
    {
        Row = number,
        Id = id,
        Reason = RefusalStatus.ReasonOf(refusal.Code),
        Field = refusal.Field,
        Rule = refusal.Rule,
        WayOut = refusal.WayOut,
    };

    public static WriteCondition Condition(bool dryRun) => WriteCondition.Upsert with { DryRun = dryRun };

    private static V1.ImportSummary Summary<TRow>(
        IReadOnlyList<TRow> rows, Func<TRow, (int Number, string Id)> identify, bool dryRun, FieldNames names, Outcome<RowAnswer>[] answers)
    {
        var summary = new V1.ImportSummary { DryRun = dryRun };
        for (var i = 0; i < answers.Length; i++)
        {
            var answer = answers[i];
            var (number, id) = identify(rows[i]);
            switch (answer.Value?.Fate)
            {
                case RowFate.Created:
                    summary.Created++;
                    break;
                case RowFate.Changed:
                    summary.Changed++;
                    break;
                case RowFate.Unchanged:
                    summary.Unchanged++;
                    break;
                default:
                    summary.Refusals.Add(Row(NumberOf(number, i), id, names.InRecord(answer.Refusal!)));
                    break;
            }
        }

        return summary;
    }
}

/// <summary>The good end of a row.</summary>
internal sealed record RowAnswer(RowFate Fate)
{
    /// <summary>What became of a record: compare its revision before and after.</summary>
    public static RowFate FateOf(long? before, long after) => before is null ? RowFate.Created : before == after ? RowFate.Unchanged : RowFate.Changed;
}
