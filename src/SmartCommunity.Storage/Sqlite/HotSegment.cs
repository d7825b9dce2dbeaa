namespace SmartCommunity.Storage.Sqlite;

/// <summary>The segment that commits append to: rows in order of position and no index beside it. Used by the writer thread; its number is read by readers.</summary>
internal sealed class HotSegment(Connection connection, Heads heads)
{
    private long _number;
    private string _insertSql = "";
    private Statement? _insert;

    public long Number => Volatile.Read(ref _number);

    public int Rows { get; set; }

    /// <summary>Newest receive time in the segment; too new at worst after a commit that failed, which keeps readings longer, never shorter.</summary>
    public long MaxReceivedMs { get; private set; }

    public static string Table(long segment) => $"readings_{segment}";

    /// <summary>Reads the hot segment once and gives every stream its positions in it.</summary>
    public void Load()
    {
        heads.HotIsLoading = true;
        heads.ForgetHot();
        var number = connection.Scalar("SELECT id FROM segments WHERE sealed = 0 ORDER BY id DESC LIMIT 1");
        if (number == 0)
        {
            connection.Execute("BEGIN IMMEDIATE");
            number = Create(connection.Scalar("SELECT max(id) FROM segments") + 1, connection.Scalar("SELECT max(position) FROM journal") + 1);
            connection.Execute("COMMIT");
        }

        Begin(number);
        var streams = new Dictionary<long, StreamHead>();
        using var rows = connection.Prepare($"SELECT position, at, series, received FROM {Table(number)} ORDER BY position");
        while (rows.Step())
        {
            var reading = new HotReading(rows.Int64(0), rows.Int64(1), rows.Int64(2));
            if (!streams.TryGetValue(reading.Series, out var head))
            {
                head = HeadOf(reading.Series);
                streams.Add(reading.Series, head);
            }

            head.AddHot(number, new ReadOnlySpan<HotReading>(in reading));
            Rows++;
            MaxReceivedMs = Math.Max(MaxReceivedMs, rows.Int64(3));
        }

        heads.HotIsLoading = false;
    }

    public void Insert(long position, long series, in NewReading reading)
    {
        var insert = _insert ??= connection.Kept(_insertSql);
        insert.Bind(1, position);
        insert.Bind(2, series);
        insert.Bind(3, reading.AtMs);
        insert.Bind(4, reading.ReceivedMs);
        insert.Bind(5, reading.Value);
        insert.Bind(6, reading.Message);
        insert.Bind(7, reading.Flags);
        insert.Run();
        Rows++;
        MaxReceivedMs = Math.Max(MaxReceivedMs, reading.ReceivedMs);
    }

    /// <summary>Builds the index of the hot segment, records which series it holds, and begins the next one. One transaction.</summary>
    public void Seal(long nextPosition)
    {
        connection.Execute("BEGIN IMMEDIATE");
        var next = WriteSeal(nextPosition);
        connection.Execute("COMMIT");
        Begin(next);
    }

    /// <summary>The same inside a transaction of the caller, who gives this object up when that one fails.</summary>
    public void SealOpen(long nextPosition) => Begin(WriteSeal(nextPosition));

    private long WriteSeal(long nextPosition)
    {
        var number = Number;
        var table = Table(number);
        connection.Execute($"CREATE INDEX {table}_series ON {table}(series, at)");
        connection.Execute(
            $"INSERT INTO segment_series(series, segment, min_at, max_at, last_position) SELECT series, {number}, min(at), max(at), max(position) FROM {table} GROUP BY series");
        connection.Execute(
            $"UPDATE segments SET sealed = 1, last_position = {nextPosition - 1}, row_count = {Rows}, max_received = {MaxReceivedMs} WHERE id = {number}");
        return Create(number + 1, nextPosition);
    }

    private void Begin(long number)
    {
        Use(number);
        Rows = 0;
        MaxReceivedMs = 0;
    }

    private long Create(long number, long firstPosition)
    {
        connection.Execute(
            $"CREATE TABLE {Table(number)}(position INTEGER PRIMARY KEY, series INTEGER NOT NULL, at INTEGER NOT NULL, received INTEGER NOT NULL, "
            + "value REAL, message TEXT, flags INTEGER NOT NULL)");
        connection.Execute($"INSERT INTO segments(id, sealed, first_position) VALUES ({number}, 0, {firstPosition})");
        return number;
    }

    private void Use(long number)
    {
        connection.Forget(_insertSql);
        _insert = null;
        _insertSql = $"INSERT INTO {Table(number)}(position, series, at, received, value, message, flags) VALUES (?, ?, ?, ?, ?, ?, ?)";
        Volatile.Write(ref _number, number);
    }

    private StreamHead HeadOf(long series)
    {
        var row = connection.Kept("SELECT district, stream FROM series WHERE id = ?");
        row.Bind(1, series);
        if (!row.Step())
        {
            throw new SqliteFault(Native.Corrupt, $"series {series} is missing");
        }

        var head = heads.GetOrAdd(new StreamKey(row.Text(0), row.Text(1)));
        row.Reset();
        return head;
    }
}
