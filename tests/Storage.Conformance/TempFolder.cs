namespace SmartCommunity.Storage.Conformance;

/// <summary>A folder of one test.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("sc-store-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
