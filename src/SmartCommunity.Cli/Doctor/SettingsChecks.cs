using System.Net;

namespace SmartCommunity.Cli.Doctor;

/// <summary>Looks at the server's options: are they good, and is one unsafe.</summary>
internal static class SettingsChecks
{
    public static IEnumerable<Finding> Run(Patient patient)
    {
        if (patient.Settings is not { } settings)
        {
            yield return new("settings", Grade.Skipped, new("settings.unread"));
            yield break;
        }

        var problems = settings["problems"]!.AsArray();
        foreach (var problem in problems)
        {
            yield return new("settings", Grade.Fault, new("settings.bad", (string?)problem), new("settings.check"));
        }

        if (problems.Count == 0)
        {
            yield return new("settings", Grade.Good, new("settings.good"));
        }

        var unsafeOnes = Unsafe(patient).ToArray();
        foreach (var finding in unsafeOnes.DefaultIfEmpty(new("unsafe", Grade.Good, new("unsafe.none"))))
        {
            yield return finding;
        }
    }

    private static IEnumerable<Finding> Unsafe(Patient patient)
    {
        var address = patient.Option("Listen:Address") ?? "loopback";
        var isDemo = patient.Option("Demo:Enabled") == "true";
        var isLocal = address == "loopback" || (IPAddress.TryParse(address, out var ip) && IPAddress.IsLoopback(ip));
        if (!isLocal)
        {
            yield return isDemo
                ? new("unsafe", Grade.Fault, new("unsafe.demo", address), new("unsafe.demo-off"))
                : new("unsafe", Grade.Warning, new("unsafe.clear-text", address), new("unsafe.loopback"));
        }

        if (patient.Option("Mqtt:OpenTopicPrefixes") is { Length: > 0 } open)
        {
            yield return new("unsafe", Grade.Warning, new("unsafe.open-topics", open), new("unsafe.no-topics"));
        }

        if (!isDemo && patient.Option("Grpc:OperatorKeyHash") is null or "")
        {
            yield return new("unsafe", Grade.Warning, new("unsafe.no-operator"), new("unsafe.make-key"));
        }
    }
}
