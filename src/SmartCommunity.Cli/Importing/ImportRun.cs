using System.Globalization;
using System.Text.Json.Nodes;
using SmartCommunity.Cli.Files;
using SmartCommunity.Cli.Output;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Importing;

/// <summary>
/// The way of every import: form first, then a dry run of all rows, and only when no row was refused the real thing. So a file
/// is taken whole or changes nothing, and taking it again changes nothing.
/// </summary>
internal sealed class ImportRun(Session session, ImportPlan plan, bool dryRunOnly, string? credentialsPath)
{
    /// <summary>The server's limit of rows in one call.</summary>
    public const int BatchRowsMax = 1000;

    /// <summary>How many errors are printed as text; JSON has all.</summary>
    public const int ErrorsShownMax = 50;

    private readonly List<RowError> warnings = [];
    private int created;
    private int changed;
    private int unchanged;

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var errors = plan.Errors.OrderBy(e => e.Row).ToList();
        if (errors.Count == 0)
        {
            errors = await SendAllAsync($"checking {plan.Kind}", dryRun: true, _ => { }, cancellation);
        }

        if (errors.Count > 0)
        {
            return Refuse(errors);
        }

        if (!dryRunOnly)
        {
            await ApplyAsync(cancellation);
        }

        Summarise(dryRunOnly ? "checked" : "imported", []);
        return ExitCode.Ok;
    }

    private async Task ApplyAsync(CancellationToken cancellation)
    {
        if (!plan.MakesTokens || created == 0)
        {
            await ApplyBatchesAsync(_ => { }, cancellation);
            return;
        }

        if (credentialsPath is null)
        {
            throw CliFailure.Usage(
                $"{created} new devices get a token that is shown only once.",
                "Say where to write them: --credentials-out FILE.");
        }

        using var credentials = CredentialsFile.CreateNew(credentialsPath);
        await ApplyBatchesAsync(
            tokens =>
            {
                foreach (var token in tokens)
                {
                    credentials.Add(token.Device[(token.Device.LastIndexOf('/') + 1)..], token.Token);
                }
            },
            cancellation);
        session.Results.Remark($"tokens written to {credentialsPath} (readable by you alone)");
    }

    private async Task ApplyBatchesAsync(Action<IReadOnlyList<DeviceToken>> keepTokens, CancellationToken cancellation)
    {
        var errors = await SendAllAsync($"importing {plan.Kind}", dryRun: false, keepTokens, cancellation);
        if (errors.Count > 0)
        {
            // Somebody changed the district between the check and the import.
            Refuse(errors);
            throw CliFailure.Refused(
                $"{errors.Count} {plan.RowWord}s that passed the check were refused a moment later; {created + changed} were taken before.",
                "Run the import again: what is in already stays as it is.");
        }
    }

    private async Task<List<RowError>> SendAllAsync(string title, bool dryRun, Action<IReadOnlyList<DeviceToken>> keepTokens, CancellationToken cancellation)
    {
        (created, changed, unchanged) = (0, 0, 0);
        warnings.Clear();
        return await ProgressDisplay.RunAsync(session.Around, title, plan.Rows.Count, async progress =>
        {
            var errors = new List<RowError>();
            foreach (var batch in plan.Rows.Chunk(plan.BatchRowsMax))
            {
                var answer = await plan.Send(batch, dryRun, Guid.NewGuid().ToString("n"), cancellation);
                created += answer.Summary.Created;
                changed += answer.Summary.Changed;
                unchanged += answer.Summary.Unchanged;
                errors.AddRange(answer.Summary.Refusals.Select(RowErrors.Of));
                warnings.AddRange(answer.Summary.Warnings.Select(RowErrors.Of));
                keepTokens(answer.Tokens);
                progress.Add(batch.Length);
            }

            return errors;
        });
    }

    private int Refuse(List<RowError> errors)
    {
        foreach (var error in errors.Take(ErrorsShownMax))
        {
            session.Around.Error.WriteLine(RowErrors.ToText(error, plan.RowWord));
        }

        if (errors.Count > ErrorsShownMax)
        {
            session.Around.Error.WriteLine($"… and {errors.Count - ErrorsShownMax} more; --output json lists all");
        }

        (created, changed, unchanged) = (0, 0, 0);
        Summarise("refused, nothing was changed", errors);
        return ExitCode.Refused;
    }

    private void Summarise(string outcome, List<RowError> errors)
    {
        foreach (var warning in warnings.Take(ErrorsShownMax))
        {
            session.Results.Remark("note: " + RowErrors.ToText(warning, plan.RowWord));
        }

        session.Results.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Kind} {outcome}: {created} created, {changed} changed, {unchanged} unchanged, {errors.Count} refused"));
        session.Results.Document(new JsonObject
        {
            ["kind"] = plan.Kind,
            ["dryRun"] = dryRunOnly,
            ["created"] = created,
            ["changed"] = changed,
            ["unchanged"] = unchanged,
            ["refused"] = errors.Count,
            ["errors"] = new JsonArray([.. errors.Select(RowErrors.ToJson)]),
            ["warnings"] = new JsonArray([.. warnings.Select(RowErrors.ToJson)]),
        });
    }
}
