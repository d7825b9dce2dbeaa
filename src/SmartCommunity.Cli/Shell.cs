using System.CommandLine;
using System.Text.Json.Nodes;
using Grpc.Core;
using SmartCommunity.Cli.Connections;
using SmartCommunity.Cli.Files;
using SmartCommunity.Cli.Output;

namespace SmartCommunity.Cli;

/// <summary>The options every command has, and the one frame that turns a failure into a sentence and an exit code.</summary>
internal sealed class Shell(Surroundings around)
{
    public Option<string?> Grpc { get; } = new("--grpc") { Description = "gRPC address, host:port (SC_GRPC)", HelpName = "ADDRESS", Recursive = true };

    public Option<string?> Mqtt { get; } = new("--mqtt") { Description = "MQTT address, host:port (SC_MQTT)", HelpName = "ADDRESS", Recursive = true };

    public Option<string?> Key { get; } = new("--key") { Description = "API key (SC_API_KEY)", HelpName = "KEY", Recursive = true };

    public Option<string?> District { get; } = new("--district") { Description = "District, six digits (SC_DISTRICT)", HelpName = "CODE", Recursive = true };

    public Option<string> Format { get; } = MakeFormat();

    public Option<string?> Lang { get; } = new("--lang") { Description = "zh or en, where both are there; otherwise LANG decides", HelpName = "LANG", Recursive = true };

    public IEnumerable<Option> Global => [Grpc, Mqtt, Key, District, Format, Lang];

    /// <summary>Gives <paramref name="command"/> its work.</summary>
    public Command Runs(Command command, Func<Session, ParseResult, CancellationToken, Task<int>> work)
    {
        command.SetAction((parsed, cancellation) => RunAsync(parsed, work, cancellation));
        return command;
    }

    private static Option<string> MakeFormat()
    {
        var option = new Option<string>("--output") { Description = "text or json", HelpName = "FORMAT", Recursive = true, DefaultValueFactory = _ => "text" };
        option.AcceptOnlyFromAmong("text", "json");
        return option;
    }

    private async Task<int> RunAsync(ParseResult parsed, Func<Session, ParseResult, CancellationToken, Task<int>> work, CancellationToken cancellation)
    {
        var results = new Results(around, parsed.GetValue(Format) == "json");
        ConnectionSettings? settings = null;
        try
        {
            settings = ConnectionSettings.Resolve(
                new(parsed.GetValue(Grpc), parsed.GetValue(Mqtt), parsed.GetValue(Key), parsed.GetValue(District)),
                around);
            using var session = new Session(around, results, settings, Words.LanguageOf(parsed.GetValue(Lang), around.Variable));
            return await work(session, parsed, cancellation);
        }
        catch (RpcException failure) when (!cancellation.IsCancellationRequested)
        {
            return Complain(results, RpcFailures.Explain(failure, settings!));
        }
        catch (CliFailure failure)
        {
            return Complain(results, failure);
        }
        catch (BadFileException bad)
        {
            results.Document(new JsonObject { ["error"] = RowErrors.ToJson(bad.Error) });
            around.Error.WriteLine(RowErrors.ToText(bad.Error));
            return ExitCode.Refused;
        }
        catch (Exception interrupted) when (cancellation.IsCancellationRequested && interrupted is OperationCanceledException or RpcException)
        {
            return ExitCode.Ok;
        }
    }

    private int Complain(Results results, CliFailure failure)
    {
        results.Document(new JsonObject { ["error"] = new JsonObject { ["sentence"] = failure.Message, ["nextStep"] = failure.NextStep, ["exitCode"] = failure.Code } });
        around.Error.WriteLine($"sc: {failure.Message}");
        if (failure.NextStep.Length > 0)
        {
            around.Error.WriteLine($"    {failure.NextStep}");
        }

        return failure.Code;
    }
}
