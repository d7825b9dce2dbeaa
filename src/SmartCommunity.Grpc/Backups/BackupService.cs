using System.Threading.Channels;
using Grpc.Core;
using Microsoft.Extensions.Hosting;
using SmartCommunity.Grains.Keeping;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;
using SmartCommunity.Storage;

namespace SmartCommunity.Grpc.Backups;

internal sealed class BackupService(
    Grains.Keeping.Backups backups,
    IStoreCopy store,
    IStoreHealth health,
    IJournal journal,
    CallFaults faults,
    IHostApplicationLifetime lifetime,
    TimeProvider time) : V1.BackupService.BackupServiceBase
{
    /// <summary>Progress waiting for a slow reader; older ones give way.</summary>
    private const int ProgressWaitingMax = 4;

    public override async Task CreateBackup(V1.CreateBackupRequest request, IServerStreamWriter<V1.CreateBackupResponse> responseStream, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        var progress = Channel.CreateBounded<BackupProgress>(new BoundedChannelOptions(ProgressWaitingMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        try
        {
            var making = MakeAsync(call.Command.RequestId, progress.Writer, ending.Token);
            await foreach (var step in progress.Reader.ReadAllAsync(ending.Token))
            {
                await responseStream.WriteAsync(
                    new() { Step = BackupMapping.ToProto(step.Step), DoneBytes = step.DoneBytes, TotalBytes = step.TotalBytes }, ending.Token);
            }

            var made = (await making).OrThrow();
            await responseStream.WriteAsync(
                new() { Step = V1.BackupStep.Done, DoneBytes = made.Manifest.Bytes, TotalBytes = made.Manifest.Bytes, Backup = made.ToProto() }, ending.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw faults.SiloUnavailable();
        }
    }

    public override Task<V1.ListBackupsResponse> ListBackups(V1.ListBackupsRequest request, ServerCallContext context)
    {
        var size = Pages.Size(request.PageSize);
        var after = Pages.Token(request.PageToken);
        var rest = backups.List().Where(b => after is null || string.CompareOrdinal(b.Id, after) < 0).OrderByDescending(b => b.Id, StringComparer.Ordinal).Take(size + 1).ToArray();
        return Task.FromResult(new V1.ListBackupsResponse
        {
            Backups = { rest.Take(size).Select(BackupMapping.ToProto) },
            NextPageToken = rest.Length > size ? rest[size - 1].Id : string.Empty,
        });
    }

    public override Task<V1.GetServerStatusResponse> GetServerStatus(V1.GetServerStatusRequest request, ServerCallContext context)
    {
        var newest = backups.List().Select(b => b.Manifest.TakenAt.ToProto()).FirstOrDefault();
        return Task.FromResult(new V1.GetServerStatusResponse
        {
            ProductVersion = typeof(BackupService).Assembly.GetName().Version!.ToString(3),
            ServerTime = time.GetUtcNow().ToProto(),
            Schema = store.Schema,
            Position = journal.CommittedPosition,
            StoreTrouble = health.Trouble ?? string.Empty,
            LastBackupTime = newest,
            BackupAgeHoursMax = backups.AgeHoursMax,
        });
    }

    private async Task<Domain.Refusals.Outcome<Backup>> MakeAsync(string? requestId, ChannelWriter<BackupProgress> progress, CancellationToken cancellation)
    {
        try
        {
            return await backups.CreateAsync(requestId, step => progress.TryWrite(step), cancellation);
        }
        finally
        {
            progress.Complete();
        }
    }
}
