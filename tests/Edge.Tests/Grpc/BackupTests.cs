using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grains.Keeping;
using SmartCommunity.Storage;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

[Collection(GrpcCollection.Name)]
public sealed class BackupTests(EdgeHost host)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private V1.BackupService.BackupServiceClient Client => new(host.Channel);

    [Fact, Covers("BackupService.CreateBackup", "BackupService.ListBackups", "BackupService.GetServerStatus")]
    public async Task A_backup_says_how_far_it_is_and_is_listed_and_a_repetition_makes_no_second()
    {
        await host.BuildingAsync();
        var hash = await new V1.DistrictService.DistrictServiceClient(host.Channel).GetStateHashAsync(new() { Name = host.Parent }, host.Auth);
        var steps = await MakeAsync("backup-1");
        Assert.All(steps.SkipLast(1), s => Assert.Null(s.Backup));
        var made = steps[^1].Backup;
        Assert.Equal(V1.BackupStep.Done, steps[^1].Step);
        Assert.Equal(new FileInfo(Path.Combine(made.Folder, "smartcommunity.db")).Length, made.SizeBytes);
        Assert.Equal(hash.Hash, made.Districts.Single(d => d.DistrictId == EdgeHost.District).StateHash);
        Assert.Equal(made, (await MakeAsync("backup-1"))[^1].Backup);
        var listed = await Client.ListBackupsAsync(new(), host.OperatorAuth);
        Assert.Equal(made, Assert.Single(listed.Backups, b => b.Name == made.Name));
        var status = await Client.GetServerStatusAsync(new(), host.Auth);
        Assert.True(status.LastBackupTime >= made.CreateTime);
        Assert.True(status.Position >= made.Position);
    }

    [Fact]
    public async Task Only_the_operator_makes_and_lists_backups()
    {
        await Errors.RefusedAsync(Client.ListBackupsAsync(new(), host.Auth), StatusCode.PermissionDenied, "NOT_AUTHORISED");
        using var call = Client.CreateBackup(new(), host.Auth);
        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
    }

    [Fact]
    public async Task A_disk_that_is_too_small_refuses_the_backup_before_it_begins_with_figures()
    {
        using var folder = new Cli.Folder();
        using var backups = Of(folder, new() { FreeBytesMin = 1L << 40 });
        var outcome = await backups.CreateAsync(null, _ => { }, Cancellation);
        Assert.Equal(RefusalCode.WrongState, outcome.Refusal!.Code);
        Assert.Contains("1,099,511,627,776", outcome.Refusal.Rule, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(backups.Folder));
    }

    [Fact]
    public async Task The_oldest_backups_go_and_the_newest_stays_and_a_broken_one_counts_for_nothing()
    {
        using var folder = new Cli.Folder();
        using var backups = Of(folder, new() { FreeBytesMin = 0, KeptMax = 2 });
        Directory.CreateDirectory(Path.Combine(backups.Folder, "20200101T000000.000Z-7.part"));
        Directory.CreateDirectory(Path.Combine(backups.Folder, "mine"));
        var made = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            made.Add((await backups.CreateAsync(null, _ => { }, Cancellation)).Value!.Id);
        }

        Assert.Equal([made[3], made[2]], backups.List().Select(b => b.Id));
        Assert.Equal(3, Directory.GetFileSystemEntries(backups.Folder).Length);
        using var stingy = Of(folder, new() { FreeBytesMin = 0, KeptMax = 1 });
        var newest = (await stingy.CreateAsync(null, _ => { }, Cancellation)).Value!.Id;
        Assert.Equal([newest], stingy.List().Select(b => b.Id));
    }

    private Backups Of(Cli.Folder folder, BackupOptions options) => new(
        host.Services.GetRequiredService<IStoreCopy>(),
        Options.Create(options with { Folder = Path.Combine(folder.Path, "backups") }),
        TimeProvider.System,
        NullLogger<Backups>.Instance);

    private async Task<List<V1.CreateBackupResponse>> MakeAsync(string requestId)
    {
        using var call = Client.CreateBackup(new() { RequestId = requestId }, host.OperatorAuth);
        var steps = new List<V1.CreateBackupResponse>();
        await foreach (var step in call.ResponseStream.ReadAllAsync(Cancellation))
        {
            steps.Add(step);
        }

        return steps;
    }
}
