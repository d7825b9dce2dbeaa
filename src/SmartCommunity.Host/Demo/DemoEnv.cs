using System.Security.Cryptography;

namespace SmartCommunity.Host.Demo;

/// <summary>
/// <c>demo.env</c>: where the product listens and the keys of the demo, for scripts on the same machine; mode 0600. The secrets are made
/// once, before anything is seeded with them, and kept over restarts.
/// </summary>
internal sealed record DemoEnv(
    string ApiKey,
    string OperatorKey,
    string DeviceId,
    string DeviceToken,
    string District,
    string Secret,
    string Http = "",
    string Grpc = "",
    string Mqtt = "")
{
    public const string FileName = "demo.env";
    private const int FileBytesMax = 64 * 1024;

    /// <summary>A new random secret of 256 bits, safe in URLs and shells.</summary>
    public static string NewSecret(string prefix) => prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <summary>The values of the file; empty when there is none.</summary>
    public static IReadOnlyDictionary<string, string> Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path) || new FileInfo(path).Length > FileBytesMax)
        {
            return new Dictionary<string, string>();
        }

        return (from line in File.ReadLines(path)
                where !line.StartsWith('#')
                let cut = line.IndexOf('=', StringComparison.Ordinal)
                where cut > 0
                select (Name: line[..cut], Value: line[(cut + 1)..]))
            .GroupBy(p => p.Name, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Last().Value, StringComparer.Ordinal);
    }

    /// <summary>Written beside and moved over: a reader sees the old file or the new one.</summary>
    public void Write(string folder)
    {
        var beside = Path.Combine(folder, FileName + ".new");
        File.Delete(beside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(beside, options))
        {
            writer.NewLine = "\n";
            writer.WriteLine("# Written at every start by the demo. Not for production.");
            foreach (var (name, value) in Lines())
            {
                writer.WriteLine($"{name}={value}");
            }
        }

        File.Move(beside, Path.Combine(folder, FileName), overwrite: true);
    }

    private IEnumerable<(string Name, string Value)> Lines() =>
    [
        ("SC_HTTP", Http),
        ("SC_GRPC", Grpc),
        ("SC_MQTT", Mqtt),
        ("SC_MQTT_PORT", Mqtt[(Mqtt.LastIndexOf(':') + 1)..]),
        ("SC_API_KEY", ApiKey),
        ("SC_OPERATOR_KEY", OperatorKey),
        ("SC_DEVICE_ID", DeviceId),
        ("SC_DEVICE_TOKEN", DeviceToken),
        ("SC_DISTRICT", District),
        ("SC_DEMO_SECRET", Secret),
    ];
}
