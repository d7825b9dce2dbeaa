namespace SmartCommunity.Cli;

/// <summary>What <c>sc</c> answers to the shell; scripts rely on these numbers.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>Understood, but refused by the file's own rules or by the server; nothing was changed unless the output says so.</summary>
    public const int Refused = 1;

    /// <summary>The command line itself is wrong: unknown option, missing file, no key.</summary>
    public const int Usage = 2;

    /// <summary>Nothing answers, or the server cannot take it now; the same command may work later.</summary>
    public const int Unavailable = 3;
}
