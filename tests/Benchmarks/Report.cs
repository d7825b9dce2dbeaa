using System.Globalization;
using System.Text.Json;

namespace SmartCommunity.Benchmarks;

/// <summary>The samples of one side in one row.</summary>
/// <param name="Rates">Events a second, one a round.</param>
internal sealed record Samples(IReadOnlyList<double> Rates, double CpuMicrosecondsPerEvent, double BytesPerEvent)
{
    public double Median { get; } = Rates.Order().ElementAt(Rates.Count / 2);

    public double Min { get; } = Rates.Min();

    public double Max { get; } = Rates.Max();
}

/// <summary>One row: ours against theirs in the same run.</summary>
/// <param name="Durable">True when every event of ours was on the disk before its acknowledgement.</param>
internal sealed record Row(string Name, Samples Ours, Samples Theirs, bool Durable);

/// <summary>Prints a benchmark and keeps it.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void Print(IEnumerable<Row> rows)
    {
        Console.WriteLine();
        Console.WriteLine(Line("", "ours/s", "(min..max)", "theirs/s", "(min..max)", "us/event", "theirs", "B/event", "durable", "ratio"));
        foreach (var row in rows)
        {
            Console.WriteLine(Line(
                row.Name,
                Whole(row.Ours.Median),
                $"{Whole(row.Ours.Min)}..{Whole(row.Ours.Max)}",
                Whole(row.Theirs.Median),
                $"{Whole(row.Theirs.Min)}..{Whole(row.Theirs.Max)}",
                row.Ours.CpuMicrosecondsPerEvent.ToString("f1", CultureInfo.InvariantCulture),
                row.Theirs.CpuMicrosecondsPerEvent.ToString("f1", CultureInfo.InvariantCulture),
                Whole(row.Ours.BytesPerEvent),
                row.Durable ? "yes" : "no",
                (row.Ours.Median / row.Theirs.Median).ToString("f2", CultureInfo.InvariantCulture)));
        }
    }

    public static void Save(string benchmark, int rounds, IEnumerable<Row> rows)
    {
        var folder = Path.Combine(Root(), "artifacts", "bench");
        Directory.CreateDirectory(folder);
        var at = TimeProvider.System.GetUtcNow();
        var json = rows.Select(r => new
        {
            name = r.Name,
            at,
            rounds,
            ours = r.Ours.Median,
            ours_min = r.Ours.Min,
            ours_max = r.Ours.Max,
            theirs = r.Theirs.Median,
            theirs_min = r.Theirs.Min,
            theirs_max = r.Theirs.Max,
            ratio = r.Ours.Median / r.Theirs.Median,
            cpu_us_per_event = r.Ours.CpuMicrosecondsPerEvent,
            theirs_cpu_us_per_event = r.Theirs.CpuMicrosecondsPerEvent,
            allocated_bytes_per_event = r.Ours.BytesPerEvent,
            durable = r.Durable,
        });
        var file = Path.Combine(folder, benchmark + ".json");
        File.WriteAllText(file, JsonSerializer.Serialize(json, Indented) + "\n");
        Console.WriteLine($"\nkept in artifacts/bench/{benchmark}.json");
    }

    private static string Whole(double value) => value.ToString("n0", CultureInfo.InvariantCulture);

    private static string Line(params string[] cells) =>
        $"{cells[0],-26}{cells[1],10}{cells[2],20}{cells[3],10}{cells[4],20}{cells[5],10}{cells[6],8}{cells[7],9}{cells[8],9}{cells[9],7}";

    private static string Root()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "SmartCommunity.sln")))
            {
                return at.FullName;
            }
        }

        return Environment.CurrentDirectory;
    }
}
