using System.Net;
using System.Net.Sockets;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grains.Twins;
using SmartCommunity.Grains.Webhooks;
using SmartCommunity.Grpc;
using SmartCommunity.Grpc.Health;
using SmartCommunity.Storage;
using SmartCommunity.Storage.Sqlite;
using SmartCommunity.Webhooks;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary>
/// The gRPC and REST edge on real Kestrel ports, over real grains and a real store in a folder of its own; two districts with the same furniture, each
/// with its key.
/// </summary>
public sealed class EdgeHost : IAsyncLifetime
{
    public const string District = "340104";
    public const string Other = "340111";
    public const string OperatorKey = "operator-key-of-the-tests";

    private readonly string folder = Directory.CreateTempSubdirectory("smartcommunity-edge-").FullName;
    private SqliteStore? store;
    private WebApplication? app;

    public GrpcChannel Channel { get; private set; } = null!;

    public HttpClient Rest { get; private set; } = null!;

    public string Key { get; private set; } = string.Empty;

    public string OtherKey { get; private set; } = string.Empty;

    /// <summary>A host of another origin whose pages may call the edge; tests put pages there.</summary>
    public ForeignPages Pages { get; } = new();

    public string Parent { get; } = $"districts/{District}";

    /// <summary>Where the store is.</summary>
    public string Folder => folder;

    /// <summary>Address of the gRPC port.</summary>
    public string GrpcUrl { get; private set; } = string.Empty;

    /// <summary>What the store check of readiness says; tests set it.</summary>
    public string? Trouble { get; set; }

    internal IServiceProvider Services => app!.Services;

    internal IDirectory Records => Services.GetRequiredService<IDirectory>();

    internal CallInvoker Invoker => Channel.CreateCallInvoker();

    public Metadata Auth => new() { { "x-api-key", Key } };

    public Metadata OtherAuth => new() { { "x-api-key", OtherKey } };

    public Metadata OperatorAuth { get; } = new() { { "authorization", $"Bearer {OperatorKey}" } };

    public static string Next(string prefix) => $"{prefix}-{Guid.NewGuid():N}"[..24];

    public async ValueTask InitializeAsync()
    {
        await Pages.StartAsync();
        await StartAsync();
        Key = await OpenDistrictAsync(District);
        OtherKey = await OpenDistrictAsync(Other);
    }

    /// <summary>Stops and starts on the same store; the ports are others afterwards.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    private async Task StartAsync()
    {
        var options = new SqliteStoreOptions { Folder = folder };
        store = SqliteStore.Open(options);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2);
        });
        builder.Services
            .AddSingleton<IJournal>(store)
            .AddSingleton<IViews>(store)
            .AddSingleton<IReadings>(store)
            .AddSingleton<IStoreHealth>(store)
            .AddSingleton<IStoreCopy>(store)
            .AddSingleton<IReadyCheck>(new SettableCheck(this))
            .AddSmartCommunityGrpc(new() { OperatorKeyHash = CredentialHash.Of(OperatorKey), WatchesPerConnectionMax = 4, CredentialCheckSeconds = 1, WebOrigins = Pages.Origin })
            .AddSingleton(Microsoft.Extensions.Options.Options.Create(
                new WebhookOptions { AllowLoopback = true, RetryFirstMs = 5, RetryMsMax = 50, SaveEveryMs = 20, AnswerSecondsMax = 2 }));
        builder.UseOrleans(silo => silo.AddSmartCommunityGrains(options.SnapshotConnectionString).UseEmbeddedClustering(FreePort(), FreePort()));
        builder.Services.AddSmartCommunityWebhooks();
        app = builder.Build();
        app.MapSmartCommunityGrpc();
        await app.StartAsync();
        var urls = app.Urls.ToArray();
        Rest = new() { BaseAddress = new(urls[0]) };
        GrpcUrl = urls[1];
        Channel = Channels.Open(urls[1]);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Pages.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task StopAsync()
    {
        Rest?.Dispose();
        Channel?.Dispose();
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        if (store is not null)
        {
            await store.DisposeAsync();
        }

        (app, store) = (null, null);
    }

    /// <summary>Creates a building and answers its resource name.</summary>
    public async Task<string> BuildingAsync(string? id = null)
    {
        var created = await new V1.BuildingService.BuildingServiceClient(Channel).CreateBuildingAsync(
            new() { Parent = Parent, BuildingId = id ?? Next("b"), Building = Sample.Building() }, Auth);
        return created.Building.Name;
    }

    /// <summary>Creates a thermometer on a new building.</summary>
    public async Task<V1.Device> DeviceAsync()
    {
        var created = await new V1.DeviceService.DeviceServiceClient(Channel).CreateDeviceAsync(
            new() { Parent = Parent, DeviceId = Next("d"), Device = Sample.Device(await BuildingAsync()) }, Auth);
        return created.Device;
    }

    /// <summary>Sends one value as the ingest path does, and waits until it is durable.</summary>
    public Task<MessageOutcome[]> SendAsync(V1.Device device, DateTimeOffset at, double value, string messageId, DateTimeOffset? received = null) =>
        SendAsync(device, new DeviceMessage
        {
            Device = DeviceId.Parse(device.Name.Split('/')[^1]),
            Kind = MessageKind.Telemetry,
            MessageId = messageId,
            AtMs = at.ToUnixTimeMilliseconds(),
            ReceivedMs = (received ?? DateTimeOffset.UtcNow).ToUnixTimeMilliseconds(),
            Values = [new("temperature", value)],
            Fingerprint = (ulong)HashCode.Combine(messageId, value),
        });

    /// <summary>A REST call with the district's key.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? json = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.Add("x-api-key", key ?? Key);
        request.Content = json is null ? null : new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        return await Rest.SendAsync(request, TestContext.Current.CancellationToken);
    }

    internal Task<MessageOutcome[]> SendAsync(V1.Device device, DeviceMessage message)
    {
        var twin = TwinKey.Parse(device.Mount[(Parent.Length + 1)..]);
        return Services.GetRequiredService<IGrainFactory>().Twin(AreaCode.Parse(District), twin).Ingest(new MessageBatch([message], 1));
    }

    private async Task<string> OpenDistrictAsync(string district)
    {
        var districts = new V1.DistrictService.DistrictServiceClient(Channel);
        await districts.CreateDistrictAsync(new() { DistrictId = district, District = Sample.District() }, OperatorAuth);
        var key = await districts.CreateApiKeyAsync(new() { Parent = $"districts/{district}", ApiKey = new() { DisplayName = "tests" } }, OperatorAuth);
        var auth = new Metadata { { "x-api-key", key.Key } };
        await new V1.AreaService.AreaServiceClient(Channel).NameAreasAsync(
            new()
            {
                Parent = $"districts/{district}",
                Areas =
                {
                    new V1.Area { Name = $"districts/{district}/areas/{district}001", DisplayName = "三里庵街道" },
                    new V1.Area { Name = $"districts/{district}/areas/{district}001001", DisplayName = "光明社区" },
                },
            },
            auth);
        var imported = await new V1.CellService.CellServiceClient(Channel).ImportCellsAsync(
            new()
            {
                Parent = $"districts/{district}",
                Rows = { new V1.CellRow { CellId = $"{district}001001001", Cell = new() { DisplayName = "第一网格", Outline = Sample.Square(117.20, 31.80) } } },
            },
            auth);
        Assert.Empty(imported.Summary.Refusals);
        await new V1.ProfileService.ProfileServiceClient(Channel).CreateProfileAsync(
            new() { Parent = $"districts/{district}", ProfileId = "thermometer", Profile = Sample.Profile() }, auth);
        return key.Key;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class SettableCheck(EdgeHost host) : IReadyCheck
    {
        public string Name => "store";

        public ValueTask<string?> TroubleAsync(CancellationToken cancellation) => new(host.Trouble);
    }
}
