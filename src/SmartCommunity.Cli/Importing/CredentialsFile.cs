namespace SmartCommunity.Cli.Importing;

/// <summary>
/// A CSV file of device credentials: <c>device,token,username,password</c>; a device has the one or the other. Only its owner may read it. Ids and tokens hold no
/// character that needs quotes.
/// </summary>
internal sealed class CredentialsFile : IDisposable
{
    private readonly StreamWriter writer;

    private CredentialsFile(Stream stream) => writer = new(stream) { AutoFlush = true };

    /// <summary>Creates the file with mode 0600; a file that exists is never overwritten.</summary>
    public static CredentialsFile CreateNew(string path)
    {
        if (File.Exists(path))
        {
            throw CliFailure.Usage($"{path} exists.", "Name a new file, or move the old one away: it may hold tokens nobody else has.");
        }

        var file = new CredentialsFile(Open(path, FileMode.CreateNew));
        file.writer.WriteLine("device,token,username,password");
        return file;
    }

    /// <summary>Writes the whole of <paramref name="tokens"/> anew, in one step.</summary>
    public static void Replace(string path, IReadOnlyDictionary<string, string> tokens)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var next = path + ".next";
        File.Delete(next);
        using (var file = new CredentialsFile(Open(next, FileMode.CreateNew)))
        {
            file.writer.WriteLine("device,token,username,password");
            foreach (var (device, token) in tokens.OrderBy(t => t.Key, StringComparer.Ordinal))
            {
                file.Add(device, token);
            }
        }

        File.Move(next, path, overwrite: true);
    }

    /// <summary>The tokens of a file; none when it does not exist.</summary>
    public static Dictionary<string, string> Read(string path)
    {
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal);
        if (File.Exists(path))
        {
            var table = Files.Table.Open(path, Files.TableForm.Plain, Files.FileLimits.Import, "device", "token");
            foreach (var row in table.Rows())
            {
                tokens[row["device"]] = row["token"];
            }
        }

        return tokens;
    }

    public void Add(string device, string token, string userName = "", string password = "") =>
        writer.WriteLine($"{device},{token},{userName},{(password.Length > 0 ? Files.RowErrors.Quoted(password) : "")}");

    public void Dispose() => writer.Dispose();

    private static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new(path, options);
    }
}
