namespace SmartCommunity.Simulation;

internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("sc-sim-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
