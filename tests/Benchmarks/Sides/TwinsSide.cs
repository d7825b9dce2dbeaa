using Microsoft.Extensions.DependencyInjection;
using Orleans.GrainReferences;
using Orleans.Runtime;
using SmartCommunity.Benchmarks.Load;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grains.Twins;

namespace SmartCommunity.Benchmarks.Sides;

/// <summary>Activates many grains and tells, in place of a port, how many bytes each of them keeps alive.</summary>
internal static class TwinsSide
{
    private const int Parallel = 256;

    public static Task<Side> StartAsync(string folder, int count) => MeasureAsync(folder, count, DefineAsync);

    public static Task<Side> StartBareAsync(string folder, int count) =>
        MeasureAsync(folder, count, static (services, i) => new ValueTask(Bare(services, i).Ping()));

    private static async Task<Side> MeasureAsync(string folder, int count, Func<IServiceProvider, int, ValueTask> activate)
    {
        var (side, services) = await ProductSide.StartSiloAsync(folder);
        for (var i = 0; i < Parallel; i++)
        {
            await activate(services, i);
        }

        var before = GC.GetTotalMemory(forceFullCollection: true);
        await System.Threading.Tasks.Parallel.ForAsync(
            Parallel,
            Parallel + count,
            new ParallelOptions { MaxDegreeOfParallelism = Parallel },
            async (i, _) => await activate(services, i));
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / count;
        return new Side((int)each, side.DisposeAsync);
    }

    private static IBareGrain Bare(IServiceProvider services, int number) => (IBareGrain)(object)services
        .GetRequiredService<GrainReferenceActivator>()
        .CreateReference(GrainId.Create(BareGrain.Name, $"{Fleet.District}/bare/{number}"), GrainInterfaceType.Create(BareGrain.Name));

    private static async ValueTask DefineAsync(IServiceProvider services, int number)
    {
        var grains = services.GetRequiredService<IGrainFactory>();
        var code = AreaCode.Parse(Fleet.District);
        var now = TimeProvider.System.GetUtcNow();
        var context = new CommandContext("system:bench", now);
        var id = BuildingId.Parse("twin" + number);
        var mount = TwinKey.Of(id);
        var building = new Building(id, id.ToString(), "Bench road", new GeoPoint(117.2, 31.8), null, 6, 60, null, 0);
        ProductSide.Expect(await grains.Building(code, id).Define(building, WriteCondition.Upsert, context));
        var device = new Device(DeviceId.Parse("on" + number), "sensor", Fleet.Profile.Id, mount, code, false, CredentialHash.Of("on" + number), 0);
        ProductSide.Expect(await grains.Twin(code, mount).DefineDevice(device, WriteCondition.Upsert, context));
        var message = new DeviceMessage
        {
            Device = device.Id,
            Kind = MessageKind.Telemetry,
            MessageId = "1",
            ReceivedMs = now.ToUnixTimeMilliseconds(),
            Values = [new MetricValue(Fleet.Profile.Metrics[0].Name, 41.5)],
        };
        await grains.Twin(code, mount).Ingest(new MessageBatch([message], 1));
    }
}
