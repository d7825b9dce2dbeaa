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
using SmartCommunity.Grpc.OpenApi;
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
    /// <summary>What a page of another origin may read of an answer.</summary>
    private static readonly string[] WebHeaders = ["grpc-status", "grpc-message", "grpc-status-details-bin", "etag"];

    /// <summary>Adds the services. Throws <see cref="ValidationException"/> on options outside their ranges.</summary>
    public static IServiceCollection AddSmartCommunityGrpc(this IServiceCollection services, GrpcEdgeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        options ??= new();
        Validator.ValidateObject(options, new(options), validateAllProperties: true);
        services.AddSingleton(Microsoft.Extensions.Options.Options.Create(options));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Authenticator>();
        services.AddSingleton<AnswerStore>();
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
            .AddJsonTranscoding(json => json.TypeRegistry = ErrorAnswers.Types)
            .AddServiceOptions<AreaService>(Larger)
            .AddServiceOptions<CellService>(Larger)
            .AddServiceOptions<BuildingService>(Larger)
            .AddServiceOptions<VolunteerService>(Larger)
            .AddServiceOptions<DeviceService>(Larger);
        services.AddCors();
        services.AddGrpcReflection();
        services.AddGrpcHealthChecks().AddCheck<Readiness>("ready");
        return services;

        void Larger<TService>(GrpcServiceOptions<TService> grpc)
            where TService : class => grpc.MaxReceiveMessageSize = options.ImportBytesMax;
    }

    /// <summary>
    /// Maps all services, as gRPC, gRPC-Web and REST; reflection, gRPC health, <c>/health/*</c>, <c>/openapi.json</c> and <c>/scalar</c>. From here on no
    /// error of the pipeline goes out without saying what it is.
    /// </summary>
    public static void MapSmartCommunityGrpc(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var options = app.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<GrpcEdgeOptions>>().Value;
        app.UseMiddleware<EdgeAnswers>();
        app.UseWebOrigins(options.WebOrigins);
        app.UseGrpcWeb(new() { DefaultEnabled = true });
        Map(app, new(options));
    }

    private static void Map(IEndpointRouteBuilder endpoints, RequestGuard guard)
    {
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
        endpoints.MapOpenApi();
    }

    /// <summary>Lets pages of these origins call; and read what gRPC-Web says in headers.</summary>
    private static void UseWebOrigins(this WebApplication app, string origins)
    {
        var named = origins.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        if (named.Length > 0)
        {
            app.UseCors(policy => policy.WithOrigins(named).AllowAnyHeader().WithMethods("GET", "POST", "PUT", "PATCH", "DELETE").WithExposedHeaders(WebHeaders));
        }
    }
}
