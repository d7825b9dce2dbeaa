using System.Collections.Concurrent;

namespace SmartCommunity.Storage.Sqlite;

/// <summary>A few read-only connections. A read sees one state of the store from its first row to its last and never delays the writer.</summary>
/// <param name="moment">A connection in a read transaction, which then serves every read, one at a time, so that all of them see that one state. It stays its owner's.</param>
internal sealed class ReaderPool(SqliteStoreOptions options, Connection? moment = null) : IDisposable
{
    private readonly SemaphoreSlim _free = new(options.ReaderConnections, options.ReaderConnections);
    private readonly ConcurrentBag<Connection> _connections = [];
    private volatile bool _closed;

    /// <summary>A short read, on the caller's thread.</summary>
    public async ValueTask<T> ReadAsync<T>(Func<Connection, T> read, CancellationToken cancellation)
    {
        await _free.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return Read(read);
        }
        finally
        {
            _ = _free.Release();
        }
    }

    /// <summary>A read that may take long, on a thread of the pool, so that the caller's scheduler is free meanwhile.</summary>
    public async ValueTask<T> ReadLongAsync<T>(Func<Connection, T> read, CancellationToken cancellation)
    {
        await _free.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Read(read), cancellation).ConfigureAwait(false);
        }
        finally
        {
            _ = _free.Release();
        }
    }

    /// <summary>Waits for the reads that run, then closes the connections.</summary>
    public void Dispose()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        for (var i = 0; i < options.ReaderConnections; i++)
        {
            _free.Wait();
        }

        while (_connections.TryTake(out var connection))
        {
            connection.Dispose();
        }

        _ = _free.Release(options.ReaderConnections);
    }

    private T Read<T>(Func<Connection, T> read)
    {
        if (_closed)
        {
            throw new StoreUnavailableException("The store is closed.");
        }

        if (moment is not null)
        {
            return ReadMoment(read, moment);
        }

        Connection? connection = null;
        var healthy = false;
        try
        {
            connection = _connections.TryTake(out var free) ? free : Connection.Open(options.File, readOnly: true, options.BusyTimeoutMs);
            connection.Kept("BEGIN").Run();
            var answer = read(connection);
            connection.Kept("COMMIT").Run();
            healthy = true;
            return answer;
        }
        catch (SqliteFault fault)
        {
            throw Unreadable(fault);
        }
        finally
        {
            if (healthy)
            {
                _connections.Add(connection!);
            }
            else
            {
                connection?.Dispose();
            }
        }
    }

    private static T ReadMoment<T>(Func<Connection, T> read, Connection moment)
    {
        try
        {
            return read(moment);
        }
        catch (SqliteFault fault)
        {
            throw Unreadable(fault);
        }
    }

    private static StoreUnavailableException Unreadable(SqliteFault fault) => new($"The store cannot be read. {fault.Sentence}", fault);
}
