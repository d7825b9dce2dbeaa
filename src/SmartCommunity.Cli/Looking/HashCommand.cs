using System.CommandLine;
using System.Globalization;
using SmartCommunity.Cli.Output;

namespace SmartCommunity.Cli.Looking;

/// <summary><c>sc hash</c>: the hash of the district's whole state; equal hashes mean equal content.</summary>
internal static class HashCommand
{
    public static Command Build(Shell shell) => shell.Runs(
        new Command("hash", "Hash of the district's whole state"),
        async (session, _, cancellation) =>
        {
            var server = session.Server;
            var answer = await server.CallAsync(o => server.Districts.GetStateHashAsync(new() { Name = server.District }, o), cancellation);
            session.Results.Document(Results.ToJson(answer));
            session.Results.Line(answer.Hash);
            session.Results.Line(string.Create(CultureInfo.InvariantCulture, $"readings {answer.Readings}"));
            foreach (var (kind, count) in answer.Rows.OrderBy(r => r.Key, StringComparer.Ordinal))
            {
                session.Results.Line(string.Create(CultureInfo.InvariantCulture, $"{kind} {count}"));
            }

            return ExitCode.Ok;
        });
}
