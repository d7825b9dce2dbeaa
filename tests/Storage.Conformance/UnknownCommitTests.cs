using SmartCommunity.Storage.Sqlite;

namespace SmartCommunity.Storage.Conformance;

/// <summary>COMMIT was done, and the disk answered an error: nothing may be lost, happen twice or stay untold.</summary>
public sealed class UnknownCommitTests : IDisposable
{
    private static readonly StreamKey Stream = new("340104", "buildings/B1");

    private readonly TempFolder _folder = new();
    private readonly List<CommitStep> _faults = [];
    private readonly List<CommitNotice> _notices = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SqliteStoreOptions Options => new() { Folder = _folder.Path, OnCommit = Strike, ProbeMsMax = 20 };

    public void Dispose() => _folder.Dispose();

    // Seen to fail when every error of COMMIT counts as a failed commit.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_error_after_the_rows_are_there_is_no_failure(bool hasEntries)
    {
        await using var store = SqliteStore.Open(Options);
        using var notices = store.Subscribe(_notices.Add);
        var claim = await store.ClaimAsync(Stream, Cancellation);
        _faults.Add(CommitStep.Done);
        var result = await store.CommitAsync(hasEntries ? Whole(claim) : ViewOnly(claim), Cancellation);
        Assert.Equal(CommitStatus.Committed, result.Status);
        Assert.Empty(_faults);
        Assert.Null(store.Trouble);
        Assert.Equal("d1", Assert.Single(Assert.Single(_notices).Views).Id);
        Assert.Equal(hasEntries ? 2 : 0, await Count(store));
    }

    // Seen to fail when the probe does not tell what was left untold: nobody learnt of the changed view row.
    [Fact]
    public async Task A_commit_whose_outcome_cannot_be_found_out_is_refused_told_later_and_not_done_again()
    {
        await using (var store = SqliteStore.Open(Options))
        {
            using var notices = store.Subscribe(_notices.Add);
            var claim = await store.ClaimAsync(Stream, Cancellation);
            _faults.AddRange([CommitStep.Done, CommitStep.Asked]);
            _ = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.CommitAsync(Whole(claim), Cancellation));
            await Eventually.Holds(() => store.Trouble is null && _faults.Count == 0, Cancellation);
            Assert.Equal("d1", Assert.Single(Assert.Single(_notices).Views).Id);
            Assert.Equal(_notices[0].LastPosition, store.CommittedPosition);

            var again = await store.CommitAsync(Whole(claim), Cancellation);
            Assert.Equal((CommitStatus.KeyExists, "answer"), (again.Status, System.Text.Encoding.UTF8.GetString(again.Existing!.Answer.Span)));
            Assert.Equal(CommitStatus.VersionConflict, (await store.CommitAsync(Whole(claim, "k2"), Cancellation)).Status);
            claim = await store.ClaimAsync(Stream, Cancellation);
            Assert.Equal(1, claim.Version);
            Assert.Equal(CommitStatus.Committed, (await store.CommitAsync(Whole(claim, "k2"), Cancellation)).Status);
            Assert.Equal(4, await Count(store));
        }

        await using var opened = SqliteStore.Open(Options);
        Assert.Equal(4, await Count(opened));
        Assert.Equal(2, (await opened.RangeAsync(new ReadingRange("340104", "d1", null, 0, 100, 10), Cancellation)).Count);
    }

    private void Strike(CommitStep step)
    {
        if (_faults.Remove(step))
        {
            throw new SqliteFault(Native.IoError, "The test broke the disk.");
        }
    }

    private static async Task<int> Count(SqliteStore store)
    {
        var entries = 0;
        await foreach (var entry in store.ReadStreamAsync(Stream, 0, Cancellation))
        {
            entries++;
        }

        return entries;
    }

    private static Append Whole(Claim claim, string key = "k1") => new()
    {
        Stream = Stream,
        Epoch = claim.Epoch,
        ExpectedVersion = claim.Version,
        Events = [new NewEvent("Happened", "{}"u8.ToArray(), "", 1, 1, "test")],
        Readings = new[] { new NewReading("d1", "pm25", "", 1, 1, 1, null) },
        Keys = [new NewKey("rpc", key, 7, "answer"u8.ToArray())],
        Views = [new ViewChange("device", "d1", "", "", "{}"u8.ToArray())],
    };

    private static Append ViewOnly(Claim claim) => new()
    {
        Stream = Stream,
        Epoch = claim.Epoch,
        ExpectedVersion = claim.Version,
        Views = [new ViewChange("device", "d1", "", "", "{}"u8.ToArray())],
    };
}
