using System.Globalization;
using System.Text.Json.Nodes;
using SmartCommunity.Cli.Files;
using SmartCommunity.Cli.Output;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Importing;

/// <summary>What the caller wants of an import.</summary>
/// <param name="DryRunOnly">Check, change nothing.</param>
/// <param name="KeepsGoodRows">Take the good rows although others are refused.</param>
/// <param name="CredentialsPath">New file for the tokens of new devices.</param>
/// <param name="ErrorsPath">File for the list of refused rows.</param>
internal sealed record ImportChoices(bool DryRunOnly, bool KeepsGoodRows = false, string? CredentialsPath = null, string? ErrorsPath = null);

/// <summary>
/// The way of every import: form first, then a dry run of all rows, and only when no row was refused the real thing. So a file
/// is taken whole or changes nothing, and taking it again changes nothing. Who asks for the good rows gets those that pass the dry run.
/// </summary>
internal sealed class ImportRun(Session session, ImportPlan plan, ImportChoices choices)
{
    /// <summary>How often rows are taken out and the rest is checked again: a cell that goes may leave another without its neighbour.</summary>
    public const int ChecksMax = 8;

    /// <summary>The server's limit of rows in one call.</summary>
    public const int BatchRowsMax = 1000;

    /// <summary>How many errors are printed as text; JSON has all.</summary>
    public const int ErrorsShownMax = 50;

    private readonly List<RowError> warnings = [];
    private IReadOnlyList<ImportRow> rows = plan.Rows;
    private int newSecrets;
    private int created;
    private int changed;
    private int unchanged;

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var errors = await CheckAsync(cancellation);
        errors.Sort((a, b) => a.Row.CompareTo(b.Row));
        if (errors.Count > 0 && (!choices.KeepsGoodRows || rows.Count == 0 || errors.Any(e => e.Row == 0)))
        {
            return Refuse(errors);
        }

        if (!choices.DryRunOnly)
        {
            await ApplyAsync(cancellation);
        }

        Tell(errors);
        Summarise((choices.DryRunOnly ? "checked" : "imported") + (errors.Count > 0 ? " in part" : ""), errors);
        return errors.Count > 0 ? ExitCode.Refused : ExitCode.Ok;
    }

    /// <summary>Everything wrong with the file; afterwards <see cref="rows"/> holds what the server would take.</summary>
    private async Task<List<RowError>> CheckAsync(CancellationToken cancellation)
    {
        var errors = plan.Errors.ToList();
        if (errors.Count > 0 && (!choices.KeepsGoodRows || errors.Any(e => e.Row == 0)))
        {
            return errors;
        }

        for (var checks = 1; ; checks++)
        {
            LeaveOut(errors);
            newSecrets = 0;
            var refused = await SendAllAsync($"checking {plan.Kind}", dryRun: true, tokens => newSecrets += tokens.Count, cancellation);
            errors.AddRange(refused);
            if (refused.Count == 0 || !choices.KeepsGoodRows)
            {
                return errors;
            }

            if (checks == ChecksMax)
            {
                rows = [];
                return errors;
            }
        }
    }

    private void LeaveOut(List<RowError> errors)
    {
        // A repeated id is told with the later row's number; the first row of that id stays.
        var bad = errors.Select(e => e.Row).ToHashSet();
        rows = [.. plan.Rows.Where(r => !bad.Contains(r.Number))];
    }

    private async Task ApplyAsync(CancellationToken cancellation)
    {
        if (newSecrets == 0)
        {
            await ApplyBatchesAsync(_ => { }, cancellation);
            return;
        }

        if (choices.CredentialsPath is not { } credentialsPath)
        {
            throw CliFailure.Usage(
                $"{newSecrets} devices get a token or password that is shown only once.",
                "Say where to write them: --credentials-out FILE.");
        }

        using var credentials = CredentialsFile.CreateNew(credentialsPath);
        await ApplyBatchesAsync(
            tokens =>
            {
                foreach (var token in tokens)
                {
                    credentials.Add(token.Device[(token.Device.LastIndexOf('/') + 1)..], token.Token, token.Username, token.Password);
                }
            },
            cancellation);
        session.Results.Remark($"credentials written to {credentialsPath} (readable by you alone)");
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
        return await ProgressDisplay.RunAsync(session.Around, title, rows.Count, async progress =>
        {
            var errors = new List<RowError>();
            foreach (var batch in rows.Chunk(plan.BatchRowsMax))
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
        Tell(errors);
        (created, changed, unchanged) = (0, 0, 0);
        Summarise("refused, nothing was changed", errors);
        return ExitCode.Refused;
    }

    private void Tell(List<RowError> errors)
    {
        foreach (var error in errors.Take(ErrorsShownMax))
        {
            session.Around.Error.WriteLine(RowErrors.ToText(error, plan.RowWord));
        }

        if (errors.Count > ErrorsShownMax)
        {
            session.Around.Error.WriteLine($"… and {errors.Count - ErrorsShownMax} more; --errors-out FILE or --output json list all");
        }

        if (errors.Count > 0 && choices.ErrorsPath is { } path)
        {
            RowErrors.WriteTable(path, errors);
            session.Results.Remark($"refused {plan.RowWord}s and how to mend them: {path}");
        }
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
            ["dryRun"] = choices.DryRunOnly,
            ["created"] = created,
            ["changed"] = changed,
            ["unchanged"] = unchanged,
            ["refused"] = errors.Count,
            ["errors"] = new JsonArray([.. errors.Select(RowErrors.ToJson)]),
            ["warnings"] = new JsonArray([.. warnings.Select(RowErrors.ToJson)]),
        });
    }
}
