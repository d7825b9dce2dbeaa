using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using SmartCommunity.Storage;
using SmartCommunity.Storage.Sqlite;

namespace SmartCommunity.Benchmarks;

/// <summary>
/// The store alone: the same readings through our journal and through Microsoft.Data.Sqlite (one prepared insert, one transaction a batch, the same narrow table). Both
/// durable: write-ahead log, <c>synchronous=FULL</c>. Rounds are interleaved; figures are medians.
/// </summary>
public static class StoreBench
{
    private const string District = "340104";

    /// <summary>Rows a second in each shape, ours and theirs.</summary>
    /// <param name="Ours">Rows a second.</param>
    /// <param name="Theirs">Rows a second.</param>
    public sealed record Row(string Name, double Ours, double Theirs, double CpuMicrosecondsPerEvent)
    {
        public double Ratio => Ours / Theirs;
    }

    /// <summary>Arguments: rounds (5), batches a round (100).</summary>
    public static async Task<int> Run(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5;
        var batches = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 100;
        var folder = Directory.CreateTempSubdirectory("sc-bench-").FullName;
        try
        {
            foreach (var row in await Measure(folder, rounds, batches))
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{row.Name,-48} ours {row.Ours,10:N0}/s  theirs {row.Theirs,10:N0}/s  ratio {row.Ratio,5:F2}  cpu {row.CpuMicrosecondsPerEvent,6:F2} us/event  durable"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    /// <summary>Runs every shape.</summary>
    public static async Task<IReadOnlyList<Row>> Measure(string folder, int rounds, int batches)
    {
        using var store = SqliteStore.Open(new SqliteStoreOptions { Folder = Path.Combine(folder, "ours") });
        using var raw = new RawSqlite(Path.Combine(folder, "theirs.db"));
        return
        [
            await Shape("readings, 1 append of 1000 a commit", store, raw, rounds, batches, streams: 1, perAppend: 1000),
            await Shape("readings, 100 appends of 10 a commit", store, raw, rounds, batches, streams: 100, perAppend: 10),
            await Shape("readings, 1000 appends of 1 a commit", store, raw, rounds, batches, streams: 1000, perAppend: 1),
        ];
    }

    private static async Task<Row> Shape(string name, SqliteStore store, RawSqlite raw, int rounds, int batches, int streams, int perAppend)
    {
        var writers = new List<Writer>();
        for (var i = 0; i < streams; i++)
        {
            var key = new StreamKey(District, string.Create(CultureInfo.InvariantCulture, $"buildings/{perAppend}-{i}"));
            writers.Add(new Writer(store, key, await store.ClaimAsync(key, CancellationToken.None), perAppend));
        }

        var rows = streams * perAppend;
        var (ours, theirs, cpu) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            var process = Process.GetCurrentProcess().TotalProcessorTime;
            var clock = Stopwatch.StartNew();
            for (var batch = 0; batch < batches; batch++)
            {
                await Together(writers);
            }

            var elapsed = clock.Elapsed.TotalSeconds;
            var used = Process.GetCurrentProcess().TotalProcessorTime - process;
            var other = Stopwatch.StartNew();
            for (var batch = 0; batch < batches; batch++)
            {
                raw.Insert(rows);
            }

            if (round >= 0)
            {
                ours.Add(rows * batches / elapsed);
                theirs.Add(rows * batches / other.Elapsed.TotalSeconds);
                cpu.Add(used.TotalMicroseconds / (rows * (double)batches));
            }
        }

        return new Row(name, Median(ours), Median(theirs), Median(cpu));
    }

    private static async Task Together(List<Writer> writers)
    {
        var waits = new ValueTask<CommitResult>[writers.Count];
#pragma warning disable CA2012 // Each is awaited once, below; first all of them must be on their way.
        for (var i = 0; i < waits.Length; i++)
        {
#pragma warning disable CA2012 // Awaited once each, below; a task each would be measured too.
            waits[i] = writers[i].Commit();
#pragma warning restore CA2012
        }
#pragma warning restore CA2012

        foreach (var wait in waits)
        {
            var result = await wait;
            if (result.Status != CommitStatus.Committed)
            {
                throw new InvalidOperationException($"refused: {result.Status}");
            }
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private sealed class Writer
    {
        private readonly SqliteStore _store;
        private readonly StreamKey _stream;
        private readonly Claim _claim;
        private readonly NewReading[] _readings;
        private long _at = 1_700_000_000_000;

        public Writer(SqliteStore store, StreamKey stream, Claim claim, int count)
        {
            (_store, _stream, _claim) = (store, stream, claim);
            _readings = new NewReading[count];
        }

        public ValueTask<CommitResult> Commit()
        {
            for (var i = 0; i < _readings.Length; i++)
            {
                _at++;
                _readings[i] = new NewReading("d1", (i & 1) == 0 ? "pm25" : "noise", "340104003012005", _at, _at + 3, i * 0.5, "m1234567");
            }

            return _store.CommitAsync(
                new Append { Stream = _stream, Epoch = _claim.Epoch, ExpectedVersion = 0, Readings = _readings }, CancellationToken.None);
        }
    }

    private sealed class RawSqlite : IDisposable
    {
        private readonly SqliteConnection _connection;
        private readonly SqliteCommand _insert;
        private long _at = 1_700_000_000_000;

        public RawSqlite(string file)
        {
            _connection = new SqliteConnection($"Data Source={file};Pooling=False");
            _connection.Open();
            Execute("PRAGMA journal_mode = WAL");
            Execute("PRAGMA synchronous = FULL");
            Execute("CREATE TABLE r(position INTEGER PRIMARY KEY, series INTEGER, at INTEGER, received INTEGER, value REAL, message TEXT, flags INTEGER)");
            _insert = _connection.CreateCommand();
            _insert.CommandText = "INSERT INTO r(series, at, received, value, message, flags) VALUES ($s, $a, $r, $v, $m, $f)";
            foreach (var name in new[] { "$s", "$a", "$r", "$v", "$m", "$f" })
            {
                _ = _insert.Parameters.Add(new SqliteParameter(name, 0L));
            }
        }

        public void Insert(int rows)
        {
            using var transaction = _connection.BeginTransaction();
            _insert.Transaction = transaction;
            for (var i = 0; i < rows; i++)
            {
                _at++;
                _insert.Parameters[0].Value = (long)(i & 15);
                _insert.Parameters[1].Value = _at;
                _insert.Parameters[2].Value = _at + 3;
                _insert.Parameters[3].Value = i * 0.5;
                _insert.Parameters[4].Value = "m1234567";
                _insert.Parameters[5].Value = 0L;
                _ = _insert.ExecuteNonQuery();
            }

            transaction.Commit();
        }

        public void Dispose()
        {
            _insert.Dispose();
            _connection.Dispose();
        }

        private void Execute(string sql)
        {
            using var command = _connection.CreateCommand();
            command.CommandText = sql;
            _ = command.ExecuteNonQuery();
        }
    }
}
