namespace SmartCommunity.Storage.Sqlite;

/// <summary>
/// The one thread that writes. It takes everything that waits, writes one transaction, and lets the thread pool answer the callers while it takes the next. There is
/// no timer: the batch is what arrived while the previous commit ran.
/// </summary>
internal sealed class Writer : IDisposable
{
    private const int ProbeMsMin = 20;
    private const int CommitsBetweenLogChecks = 256;

    private readonly SqliteStoreOptions _options;
    private readonly Connection _connection;
    private readonly Heads _heads;
    private readonly CommitQueue _queue;
    private readonly CommitFeed _feed;
    private readonly OnlineCopy _copy;
    private readonly AppendWriter _appends;
    private readonly Retention _retention;
    private readonly Thread _thread;
    private readonly List<PendingWork> _drops = [];

    // View rows of commits whose outcome is not known. Nobody was told of them, and they may have changed.
    private readonly List<ViewChanged> _untold = [];
    private long _nextEpoch;
    private int _probeMs;
    private uint _commits;
    private string? _trouble;

    public Writer(SqliteStoreOptions options, Connection connection, Heads heads, CommitQueue queue, CommitFeed feed, OnlineCopy copy, long boot)
    {
        (_options, _connection, _heads, _queue, _feed, _copy) = (options, connection, heads, queue, feed, copy);
        Hot = new HotSegment(connection, heads);
        _appends = new AppendWriter(connection, heads, Hot);
        _retention = new Retention(connection, Hot);
        // Epochs of different runs never meet: the run's number stands in the upper half.
        _nextEpoch = (boot << 32) + 1;
        Load();
        feed.Advance(_appends.NextPosition - 1);
        _thread = new Thread(Run) { Name = "store writer", IsBackground = true };
        _thread.Start();
    }

    public HotSegment Hot { get; }

    public string? Trouble => Volatile.Read(ref _trouble);

    /// <summary>Finishes what waits, then ends.</summary>
    public void Dispose()
    {
        _queue.Close();
        _thread.Join();
    }

    private void Load()
    {
        Hot.Load();
        var table = HotSegment.Table(Hot.Number);
        _appends.NextPosition = 1 + _connection.Scalar(
            $"SELECT max(ifnull((SELECT max(position) FROM journal), 0), ifnull((SELECT max(position) FROM {table}), 0), "
            + $"(SELECT first_position - 1 FROM segments WHERE id = {Hot.Number}), (SELECT value FROM meta WHERE name = 'position'))");
    }

    private void Run()
    {
        var batch = new List<PendingWork>(_options.MaxCommitAppends);
        while (_queue.Take(batch, _trouble is null ? Timeout.Infinite : _probeMs))
        {
            if (_trouble is null)
            {
                Process(batch);
            }
            else
            {
                RefuseWhileInTrouble(batch);
                Probe();
            }

            batch = batch.Count == 0 ? batch : new List<PendingWork>(batch.Count);
        }
    }

    private void Process(List<PendingWork> batch)
    {
        var outcome = TryCommit(batch);
        if (outcome is { IsEnvironment: false })
        {
            // Something in here cannot be stored at all. One by one, so that only the guilty append fails.
            foreach (var work in batch)
            {
                var alone = TryCommit([work]);
                if (alone is not null)
                {
                    FailOne(work, alone);
                    if (alone.IsEnvironment)
                    {
                        outcome = alone;
                    }
                }
            }
        }
        else if (outcome is not null)
        {
            foreach (var work in batch)
            {
                FailOne(work, outcome);
            }
        }

        Answer(batch);
        if (outcome is { IsEnvironment: true })
        {
            EnterTrouble(outcome);
            return;
        }

        AfterBatch();
    }

    /// <summary>Answers null when everything in the batch is durable or refused.</summary>
    private SqliteFault? TryCommit(List<PendingWork> batch)
    {
        var first = _appends.NextPosition;
        var committing = false;
        try
        {
            _appends.Begin();
            foreach (var work in batch)
            {
                Apply(work);
            }

            if (_connection.InTransaction)
            {
                _appends.BeforeCommit();
                committing = true;
                _connection.Kept("COMMIT").Run();
                _options.OnCommit?.Invoke(CommitStep.Done);
            }
        }
        catch (SqliteFault fault)
        {
            if (!committing || !IsCommitted(first))
            {
                if (committing && fault.IsEnvironment)
                {
                    _untold.AddRange(_appends.ChangedViews);
                }

                Undo(first);
                _drops.Clear();
                return fault;
            }
        }
        catch (Exception bug) when (bug is not OutOfMemoryException)
        {
            // An append with a null where there may be none: its caller's bug, and only its caller's.
            Undo(first);
            _drops.Clear();
            return new SqliteFault(1, bug.Message);
        }

        _feed.Publish(_appends.NextPosition - 1, _appends.Committed());
        return null;
    }

    private void Apply(PendingWork work)
    {
        switch (work.Kind)
        {
            case WorkKind.Claim:
                var head = _heads.GetOrAdd(work.Stream);
                var version = _appends.VersionOf(head);
                head.Epoch = _nextEpoch++;
                work.Result = new CommitResult(CommitStatus.Committed, FirstPosition: head.Epoch, Version: version);
                break;
            case WorkKind.Append:
                if (!_connection.InTransaction)
                {
                    _connection.Kept("BEGIN IMMEDIATE").Run();
                }

                work.Result = _appends.Apply(work.Append!);
                break;
            default:
                _drops.Add(work);
                break;
        }
    }

    /// <summary>
    /// COMMIT answered an error. While the transaction is still open nothing is in the log. If it is closed, the log itself is asked whether the rows are there.
    /// </summary>
    private bool IsCommitted(long first)
    {
        if (_connection.InTransaction || _appends.NextPosition == first)
        {
            return false;
        }

        try
        {
            _options.OnCommit?.Invoke(CommitStep.Asked);
            var last = _appends.NextPosition - 1;
            return _connection.Scalar(
                $"SELECT EXISTS(SELECT 1 FROM journal WHERE position = {last}) OR EXISTS(SELECT 1 FROM {HotSegment.Table(Hot.Number)} WHERE position = {last}) "
                + $"OR (SELECT value FROM meta WHERE name = 'position') >= {last}") == 1;
        }
        catch (SqliteFault)
        {
            return false;
        }
    }

    private void Undo(long first)
    {
        try
        {
            if (_connection.InTransaction)
            {
                _connection.Kept("ROLLBACK").Run();
            }
        }
        catch (SqliteFault fault)
        {
            // The probe reads everything anew before the next commit; until then nothing is written.
            SetTrouble(fault.Sentence);
        }

        _heads.Forget();
        Hot.Rows -= (int)Math.Min(Hot.Rows, _appends.ReadingsWritten);
        _appends.NextPosition = first;
        _appends.Begin();
    }

    private void AfterBatch()
    {
        try
        {
            if (Hot.Rows >= _options.SegmentRows)
            {
                Hot.Seal(_appends.NextPosition);
            }
        }
        catch (SqliteFault fault)
        {
            Undo(_appends.NextPosition);
            EnterTrouble(fault);
        }

        if (_drops.Count > 0)
        {
            Drop();
        }

        if (++_commits % CommitsBetweenLogChecks == 0 && _trouble is null)
        {
            KeepLogSmall();
        }
    }

    /// <summary>Reads that overlap without a pause keep the write-ahead log from starting over; then the writer waits for them once; not for a backup, which
    /// reads longer than a commit may wait.</summary>
    private void KeepLogSmall()
    {
        var log = new FileInfo(_options.File + "-wal");
        if (_copy.IsRunning || !log.Exists || log.Length <= _options.MaxLogBytes)
        {
            return;
        }

        try
        {
            _connection.Execute("PRAGMA wal_checkpoint(RESTART)");
        }
        catch (SqliteFault fault)
        {
            EnterTrouble(fault);
        }
    }

    private void Drop()
    {
        var drops = _drops.ToArray();
        _drops.Clear();
        foreach (var work in drops)
        {
            try
            {
                work.Result = new CommitResult(CommitStatus.Committed, FirstPosition: _retention.DropBefore(work.BeforeMs, _appends.NextPosition));
            }
            catch (SqliteFault fault)
            {
                Undo(_appends.NextPosition);
                FailOne(work, fault);
                if (fault.IsEnvironment)
                {
                    EnterTrouble(fault);
                }
            }
        }

        CommitFeed.Complete([.. drops]);
    }

    private void RefuseWhileInTrouble(List<PendingWork> batch)
    {
        foreach (var work in batch)
        {
            if (work.Kind == WorkKind.Append)
            {
                work.Failure = new StoreUnavailableException(_trouble!);
                continue;
            }

            // A claim only reads: who wants to look at a stream while nothing can be written may do so. Dropping old readings may be the way out of a full disk.
            try
            {
                if (work.Kind == WorkKind.Claim)
                {
                    Apply(work);
                }
                else
                {
                    work.Result = new CommitResult(CommitStatus.Committed, FirstPosition: _retention.DropSealedBefore(work.BeforeMs));
                }
            }
            catch (SqliteFault fault)
            {
                Undo(_appends.NextPosition);
                FailOne(work, fault);
            }
        }

        CommitFeed.Complete(batch);
    }

    private void Answer(List<PendingWork> batch)
    {
        if (_drops.Count > 0)
        {
            batch = batch.FindAll(work => !_drops.Contains(work));
        }

        CommitFeed.Complete(batch);
    }

    private void EnterTrouble(SqliteFault fault)
    {
        SetTrouble(fault.Sentence);
        _probeMs = ProbeMsMin;
    }

    /// <summary>Tries a small commit and, when it goes through, reads everything that memory holds of the log anew.</summary>
    private void Probe()
    {
        try
        {
            _connection.Kept("BEGIN IMMEDIATE").Run();
            _connection.Kept("UPDATE meta SET value = value + 1 WHERE name = 'probe'").Run();
            _connection.Kept("COMMIT").Run();
            _heads.Forget();
            Load();

            // Rows that came with a commit that was told to have failed are news now, and caches drop what it may have changed.
            _feed.Publish(_appends.NextPosition - 1, [.. _untold]);
            _untold.Clear();
            SetTrouble(null);
        }
        catch (SqliteFault fault)
        {
            Undo(_appends.NextPosition);
            SetTrouble(fault.Sentence);
            _probeMs = Math.Min(_probeMs * 2, _options.ProbeMsMax);
        }
    }

    private void SetTrouble(string? trouble) => Volatile.Write(ref _trouble, trouble);

    private static void FailOne(PendingWork work, SqliteFault fault) =>
        work.Failure = fault.IsEnvironment
            ? new StoreUnavailableException(fault.Sentence, fault)
            : new ArgumentException("The append contradicts itself or the store's schema, so it cannot be stored.", fault);
}
