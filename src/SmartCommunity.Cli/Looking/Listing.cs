using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using SmartCommunity.Cli.Output;

namespace SmartCommunity.Cli.Looking;

/// <summary>What all lists share: pages followed up to a limit, one table, one JSON document.</summary>
internal static class Listing
{
    /// <summary>The server's largest page.</summary>
    public const int PageRowsMax = 1000;

    /// <summary>Rows shown when nothing else is said.</summary>
    public const int RowsDefault = 100;

    /// <summary>Most rows one list holds in memory.</summary>
    public const int RowsMax = 100_000;

    public static Option<string?> AreaOption() => new("--area") { Description = "Only in this area: a code of 6, 9, 12 or 15 digits", HelpName = "CODE" };

    public static Option<int> LimitOption() => Whole("--limit", "At most this many", RowsDefault, 1, RowsMax);

    /// <summary>A whole number inside a range.</summary>
    public static Option<int> Whole(string name, string description, int otherwise, int min, int max)
    {
        var option = new Option<int>(name) { Description = $"{description}, {min} to {max}", HelpName = "N", DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0
                && (!int.TryParse(result.Tokens[0].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) || n < min || n > max))
            {
                result.AddError($"{name} must be a whole number from {min} to {max}.");
            }
        });
        return option;
    }

    public static async Task<List<T>> AllAsync<T>(int limit, Func<int, string, Task<(RepeatedField<T> Rows, string NextPageToken)>> page)
    {
        var all = new List<T>();
        var token = "";
        do
        {
            (var rows, token) = await page(Math.Min(PageRowsMax, limit - all.Count), token);
            all.AddRange(rows);
        }
        while (token.Length > 0 && all.Count < limit);
        return all;
    }

    public static void Show<T>(Results results, string property, IReadOnlyList<T> rows, string[] header, Func<T, string[]> toCells)
        where T : IMessage
    {
        results.Document(new JsonObject { [property] = new JsonArray([.. rows.Select(r => Results.ToJson(r))]) });
        if (rows.Count == 0)
        {
            results.Line("none");
            return;
        }

        results.Rows(header, [.. rows.Select(toCells)]);
    }

    /// <summary>The last segment of a resource name.</summary>
    public static string Id(string name) => name[(name.LastIndexOf('/') + 1)..];

    /// <summary>A resource name without its district.</summary>
    public static string Below(string name)
    {
        var parts = name.Split('/', 3);
        return parts.Length == 3 && parts[0] == "districts" ? parts[2] : name;
    }

    public static string Instant(Timestamp? time) => time is null ? "" : time.ToDateTimeOffset().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    public static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    /// <summary>An instant of the command line: ISO 8601 with offset or Z.</summary>
    public static Timestamp? ParseInstant(string? text, string option)
    {
        if (text is null)
        {
            return null;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? Timestamp.FromDateTimeOffset(instant)
            : throw CliFailure.Usage($"{option} '{text}' is no instant.", "Write it like 2026-11-23T08:00:00+08:00.");
    }
}
