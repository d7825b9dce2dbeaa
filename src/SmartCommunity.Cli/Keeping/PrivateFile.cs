namespace SmartCommunity.Cli.Keeping;

/// <summary>Files for their owner alone.</summary>
internal static class PrivateFile
{
    public static async Task CopyAsync(string from, string to, CancellationToken cancellation)
    {
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var source = File.OpenRead(from);
        await using var target = new FileStream(to, create);
        await source.CopyToAsync(target, cancellation);
        target.Flush(flushToDisk: true);
    }
}
