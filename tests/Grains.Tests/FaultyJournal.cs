using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Tests;

/// <summary>The real journal with faults on demand.</summary>
internal sealed class FaultyJournal(IJournal inner) : IJournal
{
    /// <summary>Commits fail before they reach the store.</summary>
    public bool IsDown { get; set; }

    /// <summary>Commits are done, but their outcome is not told.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Rolls the dice for each commit.</summary>
    public Func<CommitFault>? Roll { get; set; }

    /// <summary>What an entry becomes on its way out; for poison.</summary>
    public Func<JournalEntry, JournalEntry>? Distort { get; set; }

    /// <summary>Commits wait here when set.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>How many commits wait at the gate or have passed it.</summary>
    public int AtGate { get; private set; }

    public int Commits { get; private set; }

    public long CommittedPosition => inner.CommittedPosition;

    public ValueTask<Claim> ClaimAsync(StreamKey stream, CancellationToken cancellation) =>
        IsDown ? throw new StoreUnavailableException("The test took the store away.") : inner.ClaimAsync(stream, cancellation);

    public async ValueTask<CommitResult> CommitAsync(Append append, CancellationToken cancellation)
    {
        var fault = Roll?.Invoke() ?? CommitFault.None;
        if (IsDown || fault == CommitFault.Fails)
        {
            throw new StoreUnavailableException("The test took the store away.");
        }

        if (Gate is { } gate)
        {
            AtGate++;
            await gate.Task;
        }

        var result = await inner.CommitAsync(append, cancellation);
        Commits++;
        return LosesAnswers || fault == CommitFault.LosesItsAnswer ? throw new StoreUnavailableException("The test lost the answer.") : result;
    }

    public async IAsyncEnumerable<JournalEntry> ReadStreamAsync(
        StreamKey stream, long afterPosition, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var entry in inner.ReadStreamAsync(stream, afterPosition, cancellation))
        {
            yield return Distort?.Invoke(entry) ?? entry;
        }
    }

    public ValueTask<FeedPage> ReadFeedAsync(long afterPosition, int maxEntries, string? district, CancellationToken cancellation) =>
        inner.ReadFeedAsync(afterPosition, maxEntries, district, cancellation);

    public IDisposable Subscribe(Action<CommitNotice> onCommit) => inner.Subscribe(onCommit);
}

/// <summary>What a commit may meet.</summary>
internal enum CommitFault
{
    None = 0,
    Fails = 1,

    /// <summary>It is done, and its caller is told that it failed.</summary>
    LosesItsAnswer = 2,
}
