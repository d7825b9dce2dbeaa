using SmartCommunity.Storage.Sqlite;

namespace SmartCommunity.Storage.Conformance;

public sealed class SqliteConformance : StoreConformance
{
    private readonly TempFolder _folder = new();

    protected override ValueTask<object> OpenAsync() => new(SqliteStore.Open(new SqliteStoreOptions { Folder = _folder.Path, SegmentRows = 64 }));

    protected override ValueTask CloseAsync(object store) => ((SqliteStore)store).DisposeAsync();

    protected override ValueTask CleanAsync()
    {
        _folder.Dispose();
        return default;
    }
}
