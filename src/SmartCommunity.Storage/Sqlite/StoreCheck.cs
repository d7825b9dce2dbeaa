namespace SmartCommunity.Storage.Sqlite;

/// <summary>What is looked at when the store is opened and closed.</summary>
internal static class StoreCheck
{
    private const int PageBytes = 4_096;
    private const int LogBytesKept = 64 << 20;

    /// <summary>Sets the file up, checks it, brings it to this program's schema, and answers the number of this run.</summary>
    public static long Prepare(SqliteStoreOptions options, Connection connection)
    {
        connection.Execute($"PRAGMA page_size = {PageBytes}");
        if (connection.ScalarText("PRAGMA journal_mode = WAL") != "wal")
        {
            throw new StoreUnavailableException($"The disk of '{options.File}' allows no write-ahead log: put the folder on a local disk.");
        }

        connection.Execute($"PRAGMA synchronous = {(options.Synchronous == SqliteSynchronous.Full ? "FULL" : "NORMAL")}");
        connection.Execute($"PRAGMA wal_autocheckpoint = {options.CheckpointPages}");
        connection.Execute($"PRAGMA journal_size_limit = {LogBytesKept}");
        connection.Execute("PRAGMA temp_store = MEMORY");
        connection.Execute("PRAGMA cache_size = -16384");
        Check(options, connection);
        Schema.Migrate(options, connection);
        if (options.MaxPages > 0)
        {
            connection.Execute($"PRAGMA max_page_count = {options.MaxPages}");
        }

        connection.Execute("UPDATE meta SET value = value + 1 WHERE name = 'boot'");
        return connection.Scalar("SELECT value FROM meta WHERE name = 'boot'");
    }

    /// <summary>Moves the write-ahead log into the database. False when that did not work; the log then stays, and the next start reads it.</summary>
    public static bool TryEmptyLog(Connection connection)
    {
        try
        {
            using var checkpoint = connection.Prepare("PRAGMA wal_checkpoint(TRUNCATE)");
            return checkpoint.Step() && checkpoint.Int64(0) == 0;
        }
        catch (SqliteFault)
        {
            return false;
        }
    }

    /// <summary>
    /// A small file is checked page by page. In a large one only what commits append to: a start must not take longer the longer the history is; a damaged page
    /// elsewhere is refused when it is read.
    /// </summary>
    private static void Check(SqliteStoreOptions options, Connection connection)
    {
        var pages = connection.Scalar("PRAGMA page_count");
        if (connection.Scalar("SELECT count(*) FROM sqlite_master WHERE name = 'segments'") == 0)
        {
            return;
        }

        if (pages * PageBytes <= options.FullCheckBytesMax)
        {
            Require(options, connection, "PRAGMA quick_check(1)");
            return;
        }

        var hot = connection.Scalar("SELECT max(id) FROM segments");
        Require(options, connection, "PRAGMA quick_check('meta')");
        Require(options, connection, "PRAGMA quick_check('segments')");
        Require(options, connection, $"PRAGMA quick_check('{HotSegment.Table(hot)}')");
    }

    private static void Require(SqliteStoreOptions options, Connection connection, string check)
    {
        if (connection.ScalarText(check) is var answer && answer != "ok")
        {
            throw new StoreUnavailableException(
                $"The database '{options.File}' is damaged ({answer}): nothing was changed; copy the folder away and restore a backup.");
        }
    }
}
