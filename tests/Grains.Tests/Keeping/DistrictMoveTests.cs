using System.IO.Compression;
using System.Text;
using SmartCommunity.Domain.Views;
using SmartCommunity.Domain.Webhooks;
using SmartCommunity.Domain.Wire;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grains.Keeping;
using SmartCommunity.Storage;
using SmartCommunity.Storage.Moving;
using SmartCommunity.Storage.Sqlite;

namespace SmartCommunity.Grains.Tests.Keeping;

/// <summary>A district goes from store to store as a file: whole and equal, or not at all.</summary>
public sealed class DistrictMoveTests : IDisposable
{
    private const string District = "340104";
    private const string Other = "340199";
    private const int LinesOfSmall = 1 + 3 + 1 + 20 + 3 + 1 + 1 + 1 + 1;

    private readonly string folder = System.IO.Directory.CreateTempSubdirectory("sc-move-").FullName;

    private string Source => Path.Combine(folder, "source");

    private string Target => Path.Combine(folder, "target");

    private string Exported => Path.Combine(folder, "district.gz");

    public void Dispose() => System.IO.Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_district_arrives_whole_and_in_order_beside_another_that_stays_as_it_is()
    {
        // More readings than a segment takes, from many small segments, between those of another district.
        await FillAsync(Source, District, 33_000, segmentRows: 5_000);
        await FillAsync(Source, "340101", 10);
        await FillAsync(Source, District, 33_000, part: 2);
        await FillAsync(Target, Other, 500);
        var other = await StateAsync(Target, Other);
        var export = await ExportAsync();

        var import = await ImportAsync();

        Assert.True(import.Changed);
        Assert.Equal(export.StateHash, await StateAsync(Target, District));
        Assert.Equal(other, await StateAsync(Target, Other));
        Assert.Equal(66_000, export.Readings);
        var check = await BackupCheck.RunAsync(Target, _ => { }, default);
        Assert.Empty(check.Faults);
        Assert.Equal([District, Other], check.Districts.Select(d => d.District));
        await using var source = Open(Source);
        await using var target = Open(Target);
        Assert.Equal(await FeedAsync(source, 0), await FeedAsync(target, import.Shift));
        Assert.Equal([1L + import.Shift, 7], await CursorAndVersionAsync(target));
        Assert.Equal(new Lookup("device-token", $"hash-{District}-1", District, "device", "d1"), await target.FindLookupAsync("device-token", $"hash-{District}-1", default));
        Assert.Equal([1, 2, 3], (await target.FindKeyAsync(District, "report", "k1", default))!.Answer.ToArray());
    }

    [Fact]
    public async Task A_district_moves_into_a_new_folder_and_a_second_import_changes_nothing()
    {
        await FillAsync(Source, District, 20);
        var export = await ExportAsync();
        Assert.Equal(LinesOfSmall, export.Lines);

        var first = await ImportAsync();
        var bytes = await File.ReadAllBytesAsync(StoreOf(Target));
        var second = await ImportAsync();

        Assert.True(first.Changed);
        Assert.False(second.Changed);
        Assert.Equal(export.StateHash, second.StateHash);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(StoreOf(Target)));
        await FillAsync(Target, District, 5, part: 2);
        Assert.Contains("with another state", (await Assert.ThrowsAsync<StoreUnavailableException>(ImportAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_beside_commits_shows_the_moment_it_began()
    {
        await using var store = Open(Source);
        await FillAsync(store, District, 20);
        var before = await StateHasher.HashAsync(store, store, District, default);
        using var moment = StoreFile.OpenMoment(Source);

        await FillAsync(store, District, 20, part: 2);

        await using (var file = File.Create(Exported))
        {
            var state = await StateHasher.HashAsync(moment, District, default);
            Assert.Equal(before.Hash, state.Hash);
            await moment.WriteAsync(District, state.Hash, file, default);
        }

        await ImportAsync();
        Assert.Equal(before.Hash, await StateAsync(Target, District));
    }

    // Seen to fail on a reader that did not compare the sums: altered and swapped lines went in, missing and repeated ones were found only at the end.
    [Theory]
    [InlineData("altered", 3)]
    [InlineData("swapped", 6)]
    [InlineData("missing", 7)]
    [InlineData("twice", 8)]
    [InlineData("other version", 1)]
    [InlineData("without end", LinesOfSmall)]
    [InlineData("more after the end", LinesOfSmall + 1)]
    public async Task A_file_that_was_changed_is_refused_with_the_line_and_changes_nothing(string harm, long line)
    {
        await FillAsync(Source, District, 20);
        await FillAsync(Target, Other, 20);
        await ExportAsync();
        var lines = (await UnpackAsync()).TrimEnd('\n').Split('\n').ToList();
        switch (harm)
        {
            case "altered":
                lines[2] = lines[2].Replace("\"e2\"", "\"e3\"", StringComparison.Ordinal);
                break;
            case "swapped":
                (lines[5], lines[6]) = (lines[6], lines[5]);
                break;
            case "missing":
                lines.RemoveAt(6);
                break;
            case "twice":
                lines.Insert(7, lines[6]);
                break;
            case "other version":
                lines[0] = lines[0].Replace("/1", "/9", StringComparison.Ordinal);
                break;
            case "without end":
                lines.RemoveAt(lines.Count - 1);
                break;
            default:
                lines.Add(lines[^1]);
                break;
        }

        await PackAsync(string.Join('\n', lines) + '\n');
        await RefusedAsync(line);
    }

    [Fact]
    public async Task A_file_that_was_cut_off_is_refused_with_the_line()
    {
        await FillAsync(Source, District, 20);
        await FillAsync(Target, Other, 20);
        await ExportAsync();
        var text = await UnpackAsync();
        await PackAsync(text[..^10]);
        await RefusedAsync(LinesOfSmall);
        await PackAsync(text);
        await File.WriteAllBytesAsync(Exported, (await File.ReadAllBytesAsync(Exported))[..300]);
        Assert.True((await Assert.ThrowsAsync<DistrictFileException>(ImportAsync)).Line < LinesOfSmall);
    }

    [Fact]
    public async Task A_line_may_have_64_MiB_and_no_byte_more()
    {
        await using (var packed = new GZipStream(File.Create(Exported), CompressionLevel.Fastest))
        {
            await packed.WriteAsync(new byte[64 << 20]);
            await packed.WriteAsync("\n"u8.ToArray());
        }

        Assert.Contains("more than", (await Assert.ThrowsAsync<DistrictFileException>(ImportAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_another_district_has_is_refused_with_the_device()
    {
        await FillAsync(Source, District, 20);
        await FillAsync(Target, Other, 20, token: $"hash-{District}-1");
        await ExportAsync();
        var refused = await RefusedAsync(LinesOfSmall - 1);
        Assert.Contains($"the device-token of device d1 is that of device d1 in district {Other} too", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("copy")]
    [InlineData("rows")]
    [InlineData("check")]
    public async Task What_is_broken_off_changes_nothing(string at)
    {
        await FillAsync(Source, District, 20);
        await FillAsync(Target, Other, 20);
        await ExportAsync();
        var before = await File.ReadAllBytesAsync(StoreOf(Target));

        await Assert.ThrowsAsync<OperationCanceledException>(
            () => DistrictMove.ImportAsync(Exported, Target, step => _ = step == at ? throw new OperationCanceledException() : at, default));

        Assert.Equal(before, await File.ReadAllBytesAsync(StoreOf(Target)));
        Assert.False(System.IO.Directory.Exists(Path.Combine(Target, StoreRework.SideName)));
        Assert.True((await ImportAsync()).Changed);
    }

    [Fact]
    public async Task A_store_in_use_is_not_imported_into()
    {
        await FillAsync(Source, District, 20);
        await ExportAsync();
        await using var busy = Open(Target);
        Assert.Contains("Another process uses the store", (await Assert.ThrowsAsync<StoreUnavailableException>(ImportAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_written_over_and_a_district_that_is_not_there_is_named()
    {
        await FillAsync(Source, District, 20);
        await ExportAsync();
        Assert.Contains("exists already", (await Assert.ThrowsAsync<StoreUnavailableException>(ExportAsync)).Message, StringComparison.Ordinal);
        var unknown = await Assert.ThrowsAsync<StoreUnavailableException>(() => DistrictMove.ExportAsync("1", Source, Exported + "2", _ => { }, default));
        Assert.Contains($"only: {District}", unknown.Message, StringComparison.Ordinal);
    }

    private static string StoreOf(string store) => Path.Combine(store, SqliteStoreOptions.FileName);

    private static SqliteStore Open(string store, int segmentRows = 65_536) => SqliteStore.Open(new() { Folder = store, SegmentRows = segmentRows });

    private static async Task FillAsync(string store, string district, int readings, int part = 1, string? token = null, int segmentRows = 65_536)
    {
        await using var open = Open(store, segmentRows);
        await FillAsync(open, district, readings, part, token);
    }

    /// <summary>Three events, readings of one series, three rows, a key, a counter and a look-up a part.</summary>
    private static async Task FillAsync(SqliteStore store, string district, int readings, int part = 1, string? token = null)
    {
        var stream = new StreamKey(district, "buildings/B1");
        var claim = await store.ClaimAsync(stream, default);
        var progress = RecordCodec.Encode(new WebhookProgress(1));
        await CommitAsync(store, new Append
        {
            Stream = stream,
            Epoch = claim.Epoch,
            ExpectedVersion = claim.Version,
            Events = [.. Enumerable.Range(1, 3).Select(i => new NewEvent($"e{i}", Encoding.UTF8.GetBytes($$"""{"n":"{{i}} \"蜀山\" \\"}"""), district, part, 5 * part, "test", i == 1 ? "r" : null, i == 2 ? "c" : null))],
            Views =
            [
                new(ViewKinds.Report, $"report-{part}", district, "open", """{"text":"灯坏了"}"""u8.ToArray(), DueMs: 7),
                new(ViewKinds.Quarantine, $"q-{part}", district, "", "{}"u8.ToArray(), Owner: "buildings/B1"),
                new(ViewKinds.WebhookProgress, "hook", district, "", progress),
            ],
            Keys = [new("report", $"k{part}", ulong.MaxValue - 3, new byte[] { 1, 2, 3 })],
            Counters = [new(district, "reports.open", 1)],
            Lookups = [new("device-token", token ?? $"hash-{district}-{part}", "device", "d1")],
        });
        double[] odd = [double.NaN, -0.0, double.PositiveInfinity, double.Epsilon, 1e300, 0.1];
        for (var first = 0; first < readings; first += 5_000)
        {
            var some = Enumerable.Range(first, Math.Min(5_000, readings - first))
                .Select(i => new NewReading("d1", "pm25", district, i, i + part, i < odd.Length ? odd[i] : i, i % 2 == 0 ? null : $"m{i}", i % 3));
            await CommitAsync(store, new Append { Stream = stream, Epoch = claim.Epoch, ExpectedVersion = 0, Readings = some.ToArray() });
        }
    }

    private static async Task CommitAsync(SqliteStore store, Append append) => Assert.Equal(CommitStatus.Committed, (await store.CommitAsync(append, default)).Status);

    private static async Task<string> StateAsync(string store, string district)
    {
        using var file = StoreFile.Open(store);
        return (await StateHasher.HashAsync(file, district, default)).Hash;
    }

    /// <summary>Everything of the district in order, with positions as they were before they moved.</summary>
    private static async Task<List<string>> FeedAsync(SqliteStore store, long shift)
    {
        var entries = new List<string>();
        for (var after = 0L; after < store.CommittedPosition;)
        {
            var page = await store.ReadFeedAsync(after, 10_000, District, default);
            entries.AddRange(page.Entries.Select(e => e with { Position = e.Position - shift, Body = default } + Encoding.UTF8.GetString(e.Body.Span)));
            after = page.NextPosition;
        }

        return entries;
    }

    /// <summary>Where the webhook goes on, and the version after one more event.</summary>
    private static async Task<long[]> CursorAndVersionAsync(SqliteStore store)
    {
        var row = await store.GetAsync(District, ViewKinds.WebhookProgress, "hook", default);
        var stream = new StreamKey(District, "buildings/B1");
        var claim = await store.ClaimAsync(stream, default);
        var next = await store.CommitAsync(
            new() { Stream = stream, Epoch = claim.Epoch, ExpectedVersion = claim.Version, Events = [new("e", "{}"u8.ToArray(), District, 99, 99, "test")] }, default);
        return [RecordCodec.Decode<WebhookProgress>(row!.Body.Span).Cursor, next.Version];
    }

    private Task<ExportReport> ExportAsync() => DistrictMove.ExportAsync(District, Source, Exported, _ => { }, default);

    private Task<ImportReport> ImportAsync() => DistrictMove.ImportAsync(Exported, Target, _ => { }, default);

    private async Task<DistrictFileException> RefusedAsync(long line)
    {
        var before = await File.ReadAllBytesAsync(StoreOf(Target));
        var refused = await Assert.ThrowsAsync<DistrictFileException>(ImportAsync);
        Assert.Equal(line, refused.Line);
        Assert.StartsWith($"Line {line}: ", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(StoreOf(Target)));
        return refused;
    }

    private async Task<string> UnpackAsync()
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(Exported), CompressionMode.Decompress));
        return await text.ReadToEndAsync();
    }

    private async Task PackAsync(string text)
    {
        await using var packed = new GZipStream(File.Create(Exported), CompressionLevel.Fastest);
        await packed.WriteAsync(Encoding.UTF8.GetBytes(text));
    }
}
