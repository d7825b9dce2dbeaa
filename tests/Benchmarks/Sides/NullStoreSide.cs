using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SmartCommunity.Benchmarks.Load;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.DeviceCommands;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Mqtt;

namespace SmartCommunity.Benchmarks.Sides;

/// <summary>Our listener alone: topic, decode and acknowledgement, with a store that is done at once. Not durable.</summary>
internal static class NullStoreSide
{
    public static async Task<Side> StartAsync()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IIngest, NullIngest>();
        builder.Services.AddSingleton<IDeviceDirectory, AnyDevice>();
        builder.Services.AddSingleton<ICommandDirectory, NoCommands>();
        builder.Services.AddSmartCommunityMqtt(new MqttEdgeOptions { Port = 0 });
        var host = builder.Build();
        await host.StartAsync();
        return new Side(host.Services.GetRequiredService<IMqttReady>().EndPoint!.Port, async () =>
        {
            await host.StopAsync();
            host.Dispose();
        });
    }

    private sealed class NullIngest : IIngest
    {
        public bool TryPost(DeviceRoute route, in DeviceMessage message, IIngestReceipt receipt, long ticket)
        {
            receipt.Complete(ticket, message.Rejected is null
                ? new MessageOutcome(MessageFate.Accepted)
                : new MessageOutcome(MessageFate.Quarantined, message.Rejected));
            return true;
        }
    }

    private sealed class NoCommands : ICommandDirectory
    {
        public ValueTask<IReadOnlyList<DeviceCommand>> WaitingAsync(string district, DeviceId device, CancellationToken cancellation) => new([]);

        public ValueTask<DeviceCommand?> FindAsync(string district, DeviceId device, CommandId command, CancellationToken cancellation) => new((DeviceCommand?)null);

        public IDisposable OnChanged(Action<string, DeviceId, CommandId> changed) => new MemoryStream();
    }

    private sealed class AnyDevice : IDeviceDirectory
    {
        private readonly DeviceProfile profile = Fleet.Profile;

        public ValueTask<DeviceRoute?> FindByTokenAsync(string token, CancellationToken cancellation)
        {
            var number = int.Parse(token.AsSpan(Fleet.TokenPrefix.Length), CultureInfo.InvariantCulture);
            return new(new DeviceRoute(Fleet.District, Fleet.Device(number), TwinKey.Of(Fleet.Building(number)), profile));
        }

        public ValueTask<DeviceRoute?> FindByPasswordAsync(string userName, string password, CancellationToken cancellation) => new((DeviceRoute?)null);

        public ValueTask<DeviceRoute?> FindAsync(string district, DeviceId device, CancellationToken cancellation) => new((DeviceRoute?)null);

        public IDisposable OnChanged(Action<string, DeviceId?> changed) => new MemoryStream();
    }
}
