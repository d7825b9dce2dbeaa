namespace SmartCommunity.Cli;

/// <summary>
/// Ends a command with one clear sentence, the next step and an exit code. Only the outermost frame catches it.
/// </summary>
internal sealed class CliFailure(int exitCode, string sentence, string nextStep) : Exception(sentence)
{
    public int Code { get; } = exitCode;

    /// <summary>What the person can type or change now; may be empty.</summary>
    public string NextStep { get; } = nextStep;

    public static CliFailure Usage(string sentence, string nextStep) => new(ExitCode.Usage, sentence, nextStep);

    public static CliFailure Refused(string sentence, string nextStep) => new(ExitCode.Refused, sentence, nextStep);

    public static CliFailure Unavailable(string sentence, string nextStep) => new(ExitCode.Unavailable, sentence, nextStep);
}
