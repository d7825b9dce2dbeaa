using System.Globalization;
using System.Text.Json.Nodes;

namespace SmartCommunity.Cli.Keeping;

/// <summary>Shows what the server's program found in a backup or data folder.</summary>
internal static class StoreReport
{
    /// <summary>Prints the report; answers the exit code.</summary>
    public static int Show(Session session, JsonNode report, string good, string next)
    {
        session.Results.Document(report.DeepClone());
        if (report["figures"] is { } figures)
        {
            session.Results.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"schema {(int)figures["schema"]!}, position {(long)figures["position"]!}, {(long)figures["bytes"]!:N0} bytes, {(long)figures["rows"]!["journal"]!:N0} events, {(long)figures["rows"]!["readings"]!:N0} readings"));
        }

        foreach (var district in report["districts"]!.AsArray())
        {
            session.Results.Line($"{(string?)district!["district"]} {(string?)district["hash"]}");
        }

        var faults = report["faults"]!.AsArray();
        foreach (var fault in faults)
        {
            session.Results.Line($"✗ {(string?)fault!["check"]}: {(string?)fault["sentence"]}", "red");
        }

        session.Results.Line(faults.Count == 0 ? $"✓ {good}" : "✗ Not sound: restore another backup; sc backup list shows them.", faults.Count == 0 ? "green" : "red");
        if (faults.Count == 0)
        {
            session.Results.Line($"next: {next}");
        }

        return faults.Count == 0 ? ExitCode.Ok : ExitCode.Refused;
    }
}
