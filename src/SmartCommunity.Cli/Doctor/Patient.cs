using System.Text.Json.Nodes;
using Grpc.Core;
using SmartCommunity.Cli.Connections;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Doctor;

/// <summary>Everything the checks look at, read once.</summary>
/// <param name="Folder">The data folder.</param>
/// <param name="Settings">What the server's program says of its options; null when it is not here.</param>
/// <param name="Status">What the running server says; null when it does not.</param>
/// <param name="StatusFault">Why there is no status: <c>down</c>, <c>refused</c>, <c>no-key</c>.</param>
internal sealed record Patient(
    Session Session,
    string Folder,
    JsonNode? Settings,
    GetServerStatusResponse? Status,
    string StatusFault,
    TimeSpan ClockSkew)
{
    private static readonly TimeSpan StatusTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A server answers, even if it does not know us.</summary>
    public bool IsUp => Status is not null || StatusFault == "refused";

    public static async Task<Patient> LookAsync(Session session, string? folder, CancellationToken cancellation)
    {
        JsonNode? settings = null;
        if (HostProgram.Find(session.Around) is not null)
        {
            string[] options = folder is null ? [] : [$"--Store:Folder={session.PathOf(folder)}"];
            settings = await HostProgram.RunAsync(session.Around, ["config", .. options], _ => { }, cancellation);
        }

        var data = folder is not null ? session.PathOf(folder) : session.Settings.DataFolder ?? (string?)settings?["dataFolder"] ?? session.PathOf("data");
        var before = session.Clock.GetUtcNow();
        var (status, fault) = await AskAsync(session, cancellation);
        var after = session.Clock.GetUtcNow();
        var skew = status is null ? TimeSpan.Zero : status.ServerTime.ToDateTimeOffset() - (before + ((after - before) / 2));
        return new(session, data, settings, status, fault, skew);
    }

    /// <summary>The effective value of an option; null when it is not known.</summary>
    public string? Option(string key) => (string?)Settings?["options"]!.AsArray().FirstOrDefault(o => (string?)o!["key"] == key)?["value"];

    private static async Task<(GetServerStatusResponse? Status, string Fault)> AskAsync(Session session, CancellationToken cancellation)
    {
        if (session.Settings.ApiKey is null && session.Settings.OperatorKey is null)
        {
            return (null, "no-key");
        }

        try
        {
            var server = session.Settings.ApiKey is null ? session.Operator : session.Server;
            var deadline = session.Clock.GetUtcNow() + StatusTimeout;
            return (await server.Backups.GetServerStatusAsync(new(), deadline: deadline.UtcDateTime, cancellationToken: cancellation), "");
        }
        catch (RpcException failure)
        {
            return (null, failure.StatusCode is StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.Unimplemented ? "refused" : "down");
        }
    }
}
