namespace SmartCommunity.Cli;

/// <summary>
/// Everything a command takes from outside itself, so that a test can run the whole program in its own process.
/// </summary>
/// <param name="Out">Results only: what a script would read.</param>
/// <param name="Error">Progress and complaints.</param>
/// <param name="OutIsTerminal">Colours and tables when true; plain text otherwise.</param>
/// <param name="ErrorIsTerminal">Progress bars when true; a line every few seconds otherwise.</param>
/// <param name="Variable">Reads an environment variable; null when unset.</param>
/// <param name="Folder">Where relative paths and the search for <c>data/demo.env</c> begin.</param>
/// <param name="Clock">The only source of time.</param>
internal sealed record Surroundings(
    TextWriter Out,
    TextWriter Error,
    bool OutIsTerminal,
    bool ErrorIsTerminal,
    Func<string, string?> Variable,
    string Folder,
    TimeProvider Clock)
{
    public static Surroundings OfProcess() => new(
        Console.Out,
        Console.Error,
        !Console.IsOutputRedirected,
        !Console.IsErrorRedirected,
        Environment.GetEnvironmentVariable,
        Environment.CurrentDirectory,
        TimeProvider.System);
}
