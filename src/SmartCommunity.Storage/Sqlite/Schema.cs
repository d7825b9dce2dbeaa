using EvolveDb;
using EvolveDb.Configuration;
using Microsoft.Data.Sqlite;

namespace SmartCommunity.Storage.Sqlite;

/// <summary>Brings the database to this program's schema: versioned SQL, embedded, run once under the folder's lock.</summary>
internal static class Schema
{
    private const string Prefix = "SmartCommunity.Storage.Sqlite.Migrations.";
    private const string HistoryTable = "schema_history";

    /// <summary>The newest schema this program knows.</summary>
    public static int Newest { get; } = typeof(Schema).Assembly.GetManifestResourceNames()
        .Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .Select(static name => int.Parse(name[(Prefix.Length + 1)..name.IndexOf("__", StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture))
        .DefaultIfEmpty(0)
        .Max();

    /// <exception cref="StoreUnavailableException">The database was written by a newer program, or a migration failed.</exception>
    public static void Migrate(SqliteStoreOptions options, Connection connection)
    {
        var found = Found(connection);
        if (found > Newest)
        {
            throw new StoreUnavailableException(
                $"The database '{options.File}' has schema {found}, newer than this program's {Newest}: start the newer program, or restore a backup.");
        }

        if (found == Newest)
        {
            return;
        }

        try
        {
            using var own = new SqliteConnection($"Data Source={options.File};Pooling=False");
            new Evolve(own)
            {
                EmbeddedResourceAssemblies = [typeof(Schema).Assembly],
                EmbeddedResourceFilters = [Prefix],
                MetadataTableName = HistoryTable,
                TransactionMode = TransactionKind.CommitEach,
                IsEraseDisabled = true,
                EnableClusterMode = false,
            }.Migrate();
        }
        catch (Exception cause) when (cause is EvolveException or SqliteException)
        {
            throw new StoreUnavailableException($"The database '{options.File}' could not be brought to schema {Newest}: check the disk, or restore a backup.", cause);
        }

        connection.Execute($"PRAGMA user_version = {Newest}");
    }

    private static long Found(Connection connection) => connection.Scalar("PRAGMA user_version");
}
