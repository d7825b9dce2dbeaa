using System.Text;
using SmartCommunity.Storage;

namespace SmartCommunity.Storage.Conformance;

/// <summary>What every store must do, whatever stands behind it. A subclass a backend.</summary>
public abstract partial class StoreConformance : IAsyncLifetime
{
    protected const string District = "340104";

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected IJournal Journal => (IJournal)Store;

    protected IReadings Readings => (IReadings)Store;

    protected IViews Views => (IViews)Store;

    protected object Store { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Store = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync(Store);
        await CleanAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the store of this test; called again after a close it opens the same one.</summary>
    protected abstract ValueTask<object> OpenAsync();

    protected abstract ValueTask CloseAsync(object store);

    protected abstract ValueTask CleanAsync();

    protected async Task Restart()
    {
        await CloseAsync(Store);
        Store = await OpenAsync();
    }

    protected static StreamKey Stream(string name) => new(District, name);

    protected static NewEvent Event(string type = "Happened", string body = "{}", string area = "340104003", long at = 1000) =>
        new(type, Encoding.UTF8.GetBytes(body), area, at, at, "test");

    protected static NewReading Reading(double value, long at, string device = "d1", string metric = "pm25", string? message = null, string area = "340104003") =>
        new(device, metric, area, at, at + 5, value, message);

    protected static Append Of(StreamKey stream, Claim claim, long version, params NewEvent[] events) =>
        new() { Stream = stream, Epoch = claim.Epoch, ExpectedVersion = version, Events = events };

    protected static Append Of(StreamKey stream, Claim claim, params NewReading[] readings) =>
        new() { Stream = stream, Epoch = claim.Epoch, ExpectedVersion = 0, Readings = readings };

    protected async Task<List<JournalEntry>> Read(StreamKey stream, long after = 0)
    {
        var entries = new List<JournalEntry>();
        await foreach (var entry in Journal.ReadStreamAsync(stream, after, Cancellation))
        {
            entries.Add(entry);
        }

        return entries;
    }

    protected ValueTask<Claim> Claim(StreamKey stream) => Journal.ClaimAsync(stream, Cancellation);

    protected ValueTask<CommitResult> Commit(Append append) => Journal.CommitAsync(append, Cancellation);
}
