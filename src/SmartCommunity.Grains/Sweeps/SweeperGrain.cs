using Microsoft.Extensions.Options;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Observing;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Sweeps;

/// <summary>
/// Reads due rows and wakes their owners, some at a time. An owner that fails is left alone for a while so that it cannot keep the others waiting; its row
/// stays due.
/// </summary>
[GrainType("sc.sweeper")]
internal sealed class SweeperGrain(IViews views, RoomClock clock, IOptions<GrainsOptions> options, GrainMeters meters) : Grain, ISweeperGrain
{
    /// <summary>How long an owner that failed is left alone.</summary>
    private static readonly TimeSpan FailedOwnerRest = TimeSpan.FromSeconds(30);

    /// <summary>Failed owners remembered; beyond it all are tried again.</summary>
    private const int FailedOwnersMax = 4_096;

    private readonly Dictionary<string, DateTimeOffset> restingUntil = new(StringComparer.Ordinal);
    private AreaCode district;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        district = GrainKeys.DistrictOf(this.GetPrimaryKeyString());
        var every = TimeSpan.FromMilliseconds(options.Value.SweepEveryMs);
        this.RegisterGrainTimer(
            static (self, _) => self.SweepDue(),
            this,
            new GrainTimerCreationOptions(every, every) { KeepAlive = true });
        return Task.CompletedTask;
    }

    public Task Start() => Task.CompletedTask;

    public async Task<int> SweepDue()
    {
        try
        {
            return await SweepAsync();
        }
        catch (Exception exception)
        {
            // The store may be away: the rows stay due and the next tick looks again.
            meters.SweepFailed(district.ToString(), "reading due rows", exception);
            return 0;
        }
    }

    private async Task<int> SweepAsync()
    {
        var now = clock.Time.GetUtcNow();
        var rows = await views.DueAsync(
            district.ToString(), now.ToUnixTimeMilliseconds(), options.Value.SweepRowsMax + restingUntil.Count, CancellationToken.None);
        var owners = rows.Select(row => row.Owner).Distinct(StringComparer.Ordinal).Where(owner => IsAwake(owner, now)).ToArray();
        using var slots = new SemaphoreSlim(options.Value.SweepParallelMax);
        await Task.WhenAll(owners.Select(owner => WakeAsync(owner, now, slots)));
        return owners.Length;
    }

    private bool IsAwake(string owner, DateTimeOffset now) => !restingUntil.TryGetValue(owner, out var until) || until <= now;

    private Task WakeAsync(string owner, DateTimeOffset now) => owner == GrainKeys.GridStream
        ? GrainFactory.Grid(district).Relocate(now)
        : TwinKey.TryParse(owner, out var twin)
            ? GrainFactory.Twin(district, twin).Sweep(now)
            : throw new FormatException($"'{owner}' owns a due row and is neither the grid nor a twin.");

    private async Task WakeAsync(string owner, DateTimeOffset now, SemaphoreSlim slots)
    {
        await slots.WaitAsync();
        try
        {
            await WakeAsync(owner, now);
            restingUntil.Remove(owner);
        }
        catch (Exception exception)
        {
            if (restingUntil.Count >= FailedOwnersMax)
            {
                restingUntil.Clear();
            }

            restingUntil[owner] = now + FailedOwnerRest;
            meters.SweepFailed(district.ToString(), owner, exception);
        }
        finally
        {
            slots.Release();
        }
    }
}
