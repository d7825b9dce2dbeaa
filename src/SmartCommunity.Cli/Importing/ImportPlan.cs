using Google.Protobuf;
using SmartCommunity.Cli.Files;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Importing;

/// <summary>One record of a file, ready to send.</summary>
internal sealed record ImportRow(int Number, string Id, IMessage Record);

/// <summary>A batch's answer. Tokens: the credentials that are new; of a dry run without their secrets.</summary>
internal sealed record BatchAnswer(ImportSummary Summary, IReadOnlyList<DeviceToken> Tokens);

/// <summary>Sends one batch: rows, dry run, request id.</summary>
internal delegate Task<BatchAnswer> SendBatch(IReadOnlyList<ImportRow> rows, bool dryRun, string requestId, CancellationToken cancellation);

/// <summary>A file read and judged by form.</summary>
/// <param name="RowWord">What a row is called: row or feature.</param>
/// <param name="BatchRowsMax">Rows of one call.</param>
internal sealed record ImportPlan(
    string Kind,
    string RowWord,
    int BatchRowsMax,
    IReadOnlyList<ImportRow> Rows,
    IReadOnlyList<RowError> Errors,
    SendBatch Send)
{
    /// <summary>Adds an error for every id that stands in the file more than once: the later row would silently win.</summary>
    public static void RefuseRepeatedIds(IEnumerable<ImportRow> rows, string column, string rowWord, List<RowError> errors)
    {
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (!first.TryAdd(row.Id, row.Number))
            {
                errors.Add(new(row.Number, column, $"'{row.Id}' stands in {rowWord} {first[row.Id]} already.", "Keep one of the two."));
            }
        }
    }
}
