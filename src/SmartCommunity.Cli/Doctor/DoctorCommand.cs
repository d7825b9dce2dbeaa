using System.CommandLine;
using System.Text.Json.Nodes;
using SmartCommunity.Cli.Output;

namespace SmartCommunity.Cli.Doctor;

/// <summary><c>sc doctor</c>: a tick or a cross for everything that must be right, with what was measured and what to type next. Works with the server up or down.</summary>
internal static class DoctorCommand
{
    public static Command Build(Shell shell)
    {
        var data = new Option<string?>("--data") { Description = "The data folder; otherwise the one of demo.env, else the option Store:Folder", HelpName = "FOLDER" };
        return shell.Runs(new Command("doctor", "Checks machine, data folder, options and server") { data }, async (session, parsed, cancellation) =>
        {
            var patient = await Patient.LookAsync(session, parsed.GetValue(data), cancellation);
            var findings = new List<Finding>(await ServerChecks.RunAsync(patient, cancellation));
            findings.AddRange(SettingsChecks.Run(patient));
            if (Directory.Exists(patient.Folder))
            {
                findings.AddRange(await DiskChecks.RunAsync(patient, cancellation));
                findings.AddRange(FolderChecks.Run(patient));
            }
            else
            {
                findings.Add(new("folder", Grade.Warning, new("folder.missing", patient.Folder), new("folder.start")));
            }

            Show(session, findings);
            return findings.Exists(f => f.Grade == Grade.Fault) ? ExitCode.Refused : ExitCode.Ok;
        });
    }

    private static void Show(Session session, List<Finding> findings)
    {
        string Say(Phrase phrase) => DoctorWords.Words.Say(session.Language, phrase.Name, phrase.Places);
        session.Results.Document(new JsonObject
        {
            ["good"] = !findings.Exists(f => f.Grade == Grade.Fault),
            ["findings"] = new JsonArray([.. findings.Select(f => new JsonObject
            {
                ["check"] = f.Check,
                ["grade"] = Word(f.Grade),
                ["sentence"] = Say(f.Sentence),
                ["figure"] = f.Figure?.DeepClone(),
                ["next"] = f.Next is null ? null : Say(f.Next),
            })]),
        });
        foreach (var finding in findings)
        {
            var (mark, colour) = Mark(finding.Grade);
            session.Results.Line($"{mark} {Say(finding.Sentence)}", colour);
            if (finding.Next is { } next)
            {
                session.Results.Line("    " + Say(new("next", Say(next))));
            }
        }

        int Count(Grade grade) => findings.Count(f => f.Grade == grade);
        session.Results.Line(Say(findings.TrueForAll(f => f.Grade == Grade.Good)
            ? new("all-good", findings.Count)
            : new("summary", Count(Grade.Good), Count(Grade.Warning), Count(Grade.Fault), Count(Grade.Skipped))));
    }

    private static string Word(Grade grade) => grade switch
    {
        Grade.Good => "good",
        Grade.Warning => "warning",
        Grade.Fault => "fault",
        _ => "skipped",
    };

    private static (string Mark, string? Colour) Mark(Grade grade) => grade switch
    {
        Grade.Good => ("✓", "green"),
        Grade.Warning => ("!", "yellow"),
        Grade.Fault => ("✗", "red"),
        _ => ("-", null),
    };
}
