using System.Diagnostics;

namespace SmartCommunity.Storage.Conformance;

/// <summary>Programs of the machine that a few tests need.</summary>
internal static class Machine
{
    /// <summary>Null when the test can run here, else the reason why not.</summary>
    public static string? Missing(params string[] programs)
    {
        if (!OperatingSystem.IsLinux())
        {
            return "Needs Linux.";
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return "Needs root to mount a disk of its own.";
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/sbin").Append("/usr/sbin").ToArray();
        var absent = programs.Where(program => !folders.Any(folder => File.Exists(Path.Combine(folder, program)))).ToArray();
        return absent.Length == 0 ? null : $"Needs {string.Join(", ", absent)}.";
    }

    public static (int Code, string Error) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}
