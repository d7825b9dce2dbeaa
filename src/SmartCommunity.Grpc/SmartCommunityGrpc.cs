using System.ComponentModel.DataAnnotations;
using Google.Rpc;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SmartCommunity.Grains.Feed;
using SmartCommunity.Grpc.Alarms;
using SmartCommunity.Grpc.Areas;
using SmartCommunity.Grpc.Backups;
using SmartCommunity.Grpc.Buildings;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Cells;
using SmartCommunity.Grpc.DeviceCommands;
using SmartCommunity.Grpc.Devices;
using SmartCommunity.Grpc.Districts;
using SmartCommunity.Grpc.Events;
using SmartCommunity.Grpc.Health;
using SmartCommunity.Grpc.OrgUnits;
using SmartCommunity.Grpc.Profiles;
using SmartCommunity.Grpc.Quarantine;
using SmartCommunity.Grpc.Readings;
using SmartCommunity.Grpc.Reports;
using SmartCommunity.Grpc.Rules;
using SmartCommunity.Grpc.Twins;
using SmartCommunity.Grpc.Volunteers;
using SmartCommunity.Grpc.Webhooks;

namespace SmartCommunity.Grpc;

/// <summary>
/// Registers and maps the public contract: gRPC, REST transcoded into it, reflection and health. Needs from the container: <c>IDirectory</c>, <c>IFeed</c>,
/// <c>IViews</c>, <c>IReadings</c>, <c>IJournal</c>, <c>IStoreCopy</c>, <c>IStoreHealth</c>, <c>Backups</c>, <c>IGrainFactory</c>, <c>IWebhookProbe</c>; and an <see cref="IReadyCheck"/> for each condition of readiness.
/// </summary>
public static class SmartCommunityGrpc
{
    /// <summary>Adds the services. Throws <see cref="ValidationException"/> on options outside their ranges.</summary>
    public static IServiceCollection AddSmartCommunityGrpc(this IServiceCollection services, GrpcEdgeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        options ??= new();
        Validator.ValidateObject(options, new(options), validateAllProperties: true);
        services.AddSingleton(Microsoft.Extensions.Options.Options.Create(options));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Authenticator>();
        services.AddSingleton<CallFaults>();
        services.AddSingleton<WatchSlots>();
        services.AddSingleton<Readiness>();
        services.AddSingleton<IPublicEvents, PublicEvents>();
        services
            .AddGrpc(grpc =>
            {
                grpc.MaxReceiveMessageSize = options.RequestBytesMax;
                grpc.EnableDetailedErrors = false;
                grpc.Interceptors.Add<EdgeInterceptor>();
            })
            .AddJsonTranscoding(json => json.TypeRegistry = RequestGuard.ErrorTypes)
            .AddServiceOptions<AreaService>(Larger)
            .AddServiceOptions<CellService>(Larger)
            .AddServiceOptions<BuildingService>(Larger)
            .AddServiceOptions<VolunteerService>(Larger)
            .AddServiceOptions<DeviceService>(Larger);
        services.AddGrpcReflection();
        services.AddGrpcHealthChecks().AddCheck<Readiness>("ready");
        return services;

        void Larger<TService>(GrpcServiceOptions<TService> grpc)
            where TService : class => grpc.MaxReceiveMessageSize = options.ImportBytesMax;
    }

    /// <summary>Maps all services, reflection, gRPC health and <c>/health/*</c>.</summary>
    public static void MapSmartCommunityGrpc(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var guard = new RequestGuard(endpoints.ServiceProvider.GetRequiredService<Microsoft.Extensions.Options.IOptions<GrpcEdgeOptions>>().Value);
        GrpcServiceEndpointConventionBuilder[] mapped =
        [
            endpoints.MapGrpcService<DistrictService>(),
            endpoints.MapGrpcService<AreaService>(),
            endpoints.MapGrpcService<CellService>(),
            endpoints.MapGrpcService<BuildingService>(),
            endpoints.MapGrpcService<OrgUnitService>(),
            endpoints.MapGrpcService<VolunteerService>(),
            endpoints.MapGrpcService<DeviceService>(),
            endpoints.MapGrpcService<DeviceCommandService>(),
            endpoints.MapGrpcService<ProfileService>(),
            endpoints.MapGrpcService<RuleService>(),
            endpoints.MapGrpcService<TwinService>(),
            endpoints.MapGrpcService<ReadingService>(),
            endpoints.MapGrpcService<AlarmService>(),
            endpoints.MapGrpcService<ReportService>(),
            endpoints.MapGrpcService<QuarantineService>(),
            endpoints.MapGrpcService<EventService>(),
            endpoints.MapGrpcService<WebhookService>(),
            endpoints.MapGrpcService<BackupService>(),
        ];
        foreach (var service in mapped)
        {
            service.Add(guard.Guard);
        }

        endpoints.MapGrpcReflectionService();
        endpoints.MapGrpcHealthChecksService();
        endpoints.MapHealth();
    }
}
