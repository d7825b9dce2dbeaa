namespace SmartCommunity.Storage.Sqlite;

/// <summary>
/// Checks and writes single appends inside the open transaction of the writer thread. Everything of an append is checked before anything of it is written, and
/// appends of the same commit see each other through the transaction; so a refused one leaves no trace and disturbs nobody.
/// </summary>
internal sealed class AppendWriter(Connection connection, Heads heads, HotSegment hot)
{
    private readonly List<ViewChanged> _changedViews = [];
    private HotReading[] _written = [];
    private (StreamHead Head, int Start, int Count)[] _writtenBy = [];
    private int _writtenCount;
    private int _writtenByCount;
    private bool _positionsWithoutEntry;

    public long NextPosition { get; set; }

    /// <summary>Readings of the open transaction.</summary>
    public int ReadingsWritten => _writtenCount;

    /// <summary>View rows that the open transaction changes.</summary>
    public IReadOnlyList<ViewChanged> ChangedViews => _changedViews;

    /// <summary>Forgets what a transaction wrote, before the next one.</summary>
    public void Begin()
    {
        _changedViews.Clear();
        _writtenCount = 0;
        _writtenByCount = 0;
        _positionsWithoutEntry = false;
    }

    /// <summary>Last thing inside the transaction: positions that no row of the log holds must not be given again after a restart.</summary>
    public void BeforeCommit()
    {
        if (_positionsWithoutEntry)
        {
            var mark = connection.Kept("UPDATE meta SET value = ? WHERE name = 'position'");
            mark.Bind(1, NextPosition - 1);
            mark.Run();
        }
    }

    /// <summary>After the commit: makes the readings known to readers and answers the changed view rows.</summary>
    public IReadOnlyList<ViewChanged> Committed()
    {
        for (var i = 0; i < _writtenByCount; i++)
        {
            ref var entry = ref _writtenBy[i];
            entry.Head.AddHot(hot.Number, _written.AsSpan(entry.Start, entry.Count));
            entry.Head = null!;
        }

        return _changedViews.Count == 0 ? [] : _changedViews.ToArray();
    }

    public CommitResult Apply(Append append)
    {
        var head = heads.Find(append.Stream);
        if (head is null || head.Epoch == 0 || head.Epoch != append.Epoch)
        {
            return new CommitResult(CommitStatus.Fenced, Detail: append.Stream.ToString());
        }

        var district = append.Stream.District;
        return CheckKeys(district, append)
            ?? CheckVersion(head, append)
            ?? CheckViews(district, append)
            ?? CheckLookups(district, append)
            ?? Write(head, append);
    }

    public long VersionOf(StreamHead head)
    {
        if (head.Version < 0)
        {
            var max = connection.Kept("SELECT max(version) FROM journal WHERE district = ? AND stream = ?");
            max.Bind(1, head.Stream.District);
            max.Bind(2, head.Stream.Name);
            head.Version = max.Step() ? max.Int64(0) : 0;
            max.Reset();
        }

        return head.Version;
    }

    private CommitResult? CheckVersion(StreamHead head, Append append)
    {
        var version = VersionOf(head);
        return append.Events.Count == 0 || version == append.ExpectedVersion
            ? null
            : new CommitResult(CommitStatus.VersionConflict, Version: version, Detail: append.Stream.ToString());
    }

    private CommitResult? CheckKeys(string district, Append append)
    {
        for (var i = 0; i < append.Keys.Count; i++)
        {
            var key = append.Keys[i];
            var find = connection.Kept("SELECT fingerprint, answer FROM keys WHERE district = ? AND scope = ? AND key = ?");
            find.Bind(1, district);
            find.Bind(2, key.Scope);
            find.Bind(3, key.Key);
            if (find.Step())
            {
                var stored = new StoredKey(key.Scope, key.Key, unchecked((ulong)find.Int64(0)), find.Bytes(1));
                find.Reset();
                return new CommitResult(CommitStatus.KeyExists, Existing: stored, Detail: key.Key);
            }

            find.Reset();
        }

        return null;
    }

    private CommitResult? CheckViews(string district, Append append)
    {
        for (var i = 0; i < append.Views.Count; i++)
        {
            var view = append.Views[i];
            if (!view.MustBeNew || view.Body is null)
            {
                continue;
            }

            var find = connection.Kept("SELECT 1 FROM views WHERE district = ? AND kind = ? AND id = ?");
            find.Bind(1, district);
            find.Bind(2, view.Kind);
            find.Bind(3, view.Id);
            var exists = find.Step();
            find.Reset();
            if (exists && !RemovedBefore(append, i))
            {
                return new CommitResult(CommitStatus.ViewExists, Detail: $"{view.Kind}/{view.Id}");
            }
        }

        return null;
    }

    private CommitResult? CheckLookups(string district, Append append)
    {
        for (var i = 0; i < append.Lookups.Count; i++)
        {
            var lookup = append.Lookups[i];
            if (lookup.Id is null)
            {
                continue;
            }

            var find = connection.Kept("SELECT district, kind, id FROM lookups WHERE scope = ? AND key = ?");
            find.Bind(1, lookup.Scope);
            find.Bind(2, lookup.Key);
            var exists = find.Step();
            var own = exists && find.Text(0) == district;
            var same = own && find.Text(1) == (lookup.Kind ?? "") && find.Text(2) == lookup.Id;
            find.Reset();
            if (exists && !same && !(own && RemovedBefore(append.Lookups, i)))
            {
                return new CommitResult(CommitStatus.LookupExists, Detail: $"{lookup.Scope}/{lookup.Key}");
            }
        }

        return null;
    }

    private static bool RemovedBefore(Append append, int index)
    {
        var view = append.Views[index];
        for (var i = 0; i < index; i++)
        {
            if (append.Views[i] is { Body: null } removed && removed.Kind == view.Kind && removed.Id == view.Id)
            {
                return true;
            }
        }

        return false;
    }

    private static bool RemovedBefore(IReadOnlyList<LookupChange> lookups, int index)
    {
        for (var i = 0; i < index; i++)
        {
            if (lookups[i].Id is null && lookups[i].Scope == lookups[index].Scope && lookups[i].Key == lookups[index].Key)
            {
                return true;
            }
        }

        return false;
    }

    private CommitResult Write(StreamHead head, Append append)
    {
        // View rows first: then the last position of an append with entries is an entry, and the mark in meta is needed only for appends without any.
        WriteViews(head.Stream.District, append.Views);
        var first = NextPosition;
        WriteEvents(head, append.Events);
        WriteReadings(head, append.Readings.Span);
        _positionsWithoutEntry = NextPosition == first ? _positionsWithoutEntry || append.Views.Count > 0 : false;
        WriteKeys(head.Stream.District, append.Keys);
        WriteCounters(head.Stream.District, append.Counters);
        WriteLookups(head.Stream.District, append.Lookups);
        return NextPosition == first
            ? new CommitResult(CommitStatus.Committed, Version: head.Version)
            : new CommitResult(CommitStatus.Committed, first, NextPosition - 1, head.Version);
    }

    private void WriteEvents(StreamHead head, IReadOnlyList<NewEvent> events)
    {
        for (var i = 0; i < events.Count; i++)
        {
            var entry = events[i];
            var insert = connection.Kept(
                "INSERT INTO journal(position, district, stream, version, type, body, area, at, recorded_at, actor, request_id, cause) "
                + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
            insert.Bind(1, NextPosition++);
            insert.Bind(2, head.Stream.District);
            insert.Bind(3, head.Stream.Name);
            insert.Bind(4, ++head.Version);
            insert.Bind(5, entry.Type);
            insert.BindText(6, entry.Body.Span);
            insert.Bind(7, entry.Area);
            insert.Bind(8, entry.AtMs);
            insert.Bind(9, entry.RecordedMs);
            insert.Bind(10, entry.Actor);
            insert.Bind(11, entry.RequestId);
            insert.Bind(12, entry.Cause);
            insert.Run();
        }
    }

    private void WriteReadings(StreamHead head, ReadOnlySpan<NewReading> readings)
    {
        if (readings.Length == 0)
        {
            return;
        }

        if (_writtenCount + readings.Length > _written.Length)
        {
            Array.Resize(ref _written, Math.Max(_writtenCount + readings.Length, Math.Max(256, _written.Length * 2)));
        }

        if (_writtenByCount == _writtenBy.Length)
        {
            Array.Resize(ref _writtenBy, Math.Max(64, _writtenBy.Length * 2));
        }

        var series = head.Series ??= LoadSeries(head.Stream);
        _writtenBy[_writtenByCount++] = (head, _writtenCount, readings.Length);
        foreach (ref readonly var reading in readings)
        {
            var id = series.Find(reading.Device, reading.Metric, reading.Area);
            if (id == 0)
            {
                id = AddSeries(head.Stream, reading);
                series.Add(id, reading.Device, reading.Metric, reading.Area);
            }

            var position = NextPosition++;
            hot.Insert(position, id, reading);
            _written[_writtenCount++] = new HotReading(position, reading.AtMs, id);
        }
    }

    private SeriesTable LoadSeries(StreamKey stream)
    {
        var table = new SeriesTable();
        var rows = connection.Kept("SELECT id, device, metric, area FROM series WHERE district = ? AND stream = ?");
        rows.Bind(1, stream.District);
        rows.Bind(2, stream.Name);
        while (rows.Step())
        {
            table.Add(rows.Int64(0), rows.Text(1), rows.Text(2), rows.Text(3));
        }

        rows.Reset();
        return table;
    }

    private long AddSeries(StreamKey stream, in NewReading reading)
    {
        var insert = connection.Kept("INSERT INTO series(district, stream, device, metric, area) VALUES (?, ?, ?, ?, ?) RETURNING id");
        insert.Bind(1, stream.District);
        insert.Bind(2, stream.Name);
        insert.Bind(3, reading.Device);
        insert.Bind(4, reading.Metric);
        insert.Bind(5, reading.Area);
        _ = insert.Step();
        var id = insert.Int64(0);
        insert.Run();
        return id;
    }

    private void WriteViews(string district, IReadOnlyList<ViewChange> views)
    {
        for (var i = 0; i < views.Count; i++)
        {
            var view = views[i];
            _changedViews.Add(new ViewChanged(district, view.Kind, view.Id));
            if (view.Body is not { } body)
            {
                var delete = connection.Kept("DELETE FROM views WHERE district = ? AND kind = ? AND id = ?");
                delete.Bind(1, district);
                delete.Bind(2, view.Kind);
                delete.Bind(3, view.Id);
                delete.Run();
                continue;
            }

            const string InsertSql =
                "INSERT INTO views(district, kind, id, area, status, owner, due_ms, position, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
            const string UpsertSql = InsertSql
                + " ON CONFLICT(district, kind, id) DO UPDATE SET area = excluded.area, status = excluded.status, owner = excluded.owner, "
                + "due_ms = excluded.due_ms, position = excluded.position, body = excluded.body";
            var write = connection.Kept(view.MustBeNew ? InsertSql : UpsertSql);
            write.Bind(1, district);
            write.Bind(2, view.Kind);
            write.Bind(3, view.Id);
            write.Bind(4, view.Area);
            write.Bind(5, view.Status);
            write.Bind(6, view.Owner);
            write.Bind(7, view.DueMs);
            write.Bind(8, NextPosition++);
            write.BindText(9, body.Span);
            write.Run();
        }
    }

    private void WriteKeys(string district, IReadOnlyList<NewKey> keys)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            var insert = connection.Kept("INSERT INTO keys(district, scope, key, fingerprint, answer) VALUES (?, ?, ?, ?, ?)");
            insert.Bind(1, district);
            insert.Bind(2, keys[i].Scope);
            insert.Bind(3, keys[i].Key);
            insert.Bind(4, unchecked((long)keys[i].Fingerprint));
            insert.BindBlob(5, keys[i].Answer.Span);
            insert.Run();
        }
    }

    private void WriteCounters(string district, IReadOnlyList<CounterChange> counters)
    {
        for (var i = 0; i < counters.Count; i++)
        {
            var add = connection.Kept(
                "INSERT INTO counters(district, name, area, value) VALUES (?, ?, ?, ?) ON CONFLICT(district, name, area) DO UPDATE SET value = value + excluded.value");
            add.Bind(1, district);
            add.Bind(2, counters[i].Name);
            add.Bind(3, counters[i].Area);
            add.Bind(4, counters[i].Delta);
            add.Run();
        }
    }

    private void WriteLookups(string district, IReadOnlyList<LookupChange> lookups)
    {
        for (var i = 0; i < lookups.Count; i++)
        {
            var remove = lookups[i].Id is null;
            var write = connection.Kept(remove
                ? "DELETE FROM lookups WHERE district = ? AND scope = ? AND key = ?"
                : "INSERT INTO lookups(district, scope, key, kind, id) VALUES (?, ?, ?, ?, ?) ON CONFLICT(scope, key) DO NOTHING");
            write.Bind(1, district);
            write.Bind(2, lookups[i].Scope);
            write.Bind(3, lookups[i].Key);
            if (!remove)
            {
                write.Bind(4, lookups[i].Kind ?? "");
                write.Bind(5, lookups[i].Id);
            }

            write.Run();
        }
    }
}
