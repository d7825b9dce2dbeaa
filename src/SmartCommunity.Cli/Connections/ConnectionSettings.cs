namespace SmartCommunity.Cli.Connections;

/// <summary>What the command line said; null where it said nothing.</summary>
internal sealed record ConnectionFlags(string? Grpc, string? Mqtt, string? Key, string? District);

/// <summary>
/// Where the server is and who we are. Each value comes from the flag, else the environment, else <c>data/demo.env</c>.
/// </summary>
/// <param name="Grpc">Address of the gRPC port; http means clear text.</param>
/// <param name="Mqtt">Host and port of the MQTT listener.</param>
/// <param name="ApiKey">Null when none was found.</param>
/// <param name="District">Six digits; null when none was found.</param>
/// <param name="DemoSecret">Null outside the demo; see <see cref="Playing.DemoDeviceToken"/>.</param>
/// <param name="OperatorKey">For what only those may who run the server: --key, else SC_OPERATOR_KEY; null when none was found.</param>
/// <param name="DataFolder">The folder of <c>demo.env</c>; null when there is none.</param>
internal sealed record ConnectionSettings(
    Uri Grpc,
    MqttAddress Mqtt,
    string? ApiKey,
    string? District,
    string? DemoSecret,
    string? DataFolder,
    string? OperatorKey = null)
{
    public const string NextStepForKey =
        "Give --key, set SC_API_KEY, or start the demo (dotnet run --project src/SmartCommunity.Host), which writes data/demo.env.";

    public string RequiredKey => ApiKey ?? throw CliFailure.Usage("No API key was found.", NextStepForKey);

    /// <summary>The same server, spoken to as its operator.</summary>
    public ConnectionSettings AsOperator => this with
    {
        ApiKey = OperatorKey ?? throw CliFailure.Usage("No operator key was found.", "Give it with --key or set SC_OPERATOR_KEY; Grpc:OperatorKeyHash of the server holds its hash."),
    };

    public string RequiredDistrict => District
        ?? throw CliFailure.Usage("No district was given.", "Give --district with its six digits or set SC_DISTRICT.");

    public static ConnectionSettings Resolve(ConnectionFlags flags, Surroundings around)
    {
        var folder = DemoEnv.FindFolder(around.Folder);
        var file = folder is null ? new Dictionary<string, string>() : DemoEnv.Read(folder);
        string? Value(string? flag, string name) => NotEmpty(flag) ?? NotEmpty(around.Variable(name)) ?? NotEmpty(file.GetValueOrDefault(name));
        var district = Value(flags.District, "SC_DISTRICT");
        if (district is not null && (district.Length != 6 || district.AsSpan().ContainsAnyExceptInRange('0', '9')))
        {
            throw CliFailure.Usage($"'{district}' is no district: a district has six digits.", "Give --district 340104, for example.");
        }

        return new(
            GrpcAddress(Value(flags.Grpc, "SC_GRPC") ?? "http://localhost:8081"),
            MqttAddress.Parse(Value(flags.Mqtt, "SC_MQTT") ?? "localhost:1883"),
            Value(flags.Key, "SC_API_KEY"),
            district,
            Value(null, "SC_DEMO_SECRET"),
            folder,
            Value(flags.Key, "SC_OPERATOR_KEY"));
    }

    private static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static Uri GrpcAddress(string text)
    {
        var full = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        return Uri.TryCreate(full, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw CliFailure.Usage($"'{text}' is no gRPC address.", "Write it as host:port or http://host:port.");
    }
}

/// <summary>Host and port of an MQTT listener, written <c>host:port</c> or <c>mqtt://host:port</c>; <c>mqtts://</c> means TLS.</summary>
internal sealed record MqttAddress(string Host, int Port, bool Tls)
{
    public static MqttAddress Parse(string text)
    {
        var full = text.Contains("://", StringComparison.Ordinal) ? text : "mqtt://" + text;
        if (!Uri.TryCreate(full, UriKind.Absolute, out var uri) || uri.Scheme is not ("mqtt" or "mqtts" or "tcp") || uri.Host.Length == 0)
        {
            throw CliFailure.Usage($"'{text}' is no MQTT address.", "Write it as host:port or mqtt://host:port.");
        }

        var tls = uri.Scheme == "mqtts";
        return new(uri.Host, uri.Port > 0 ? uri.Port : tls ? 8883 : 1883, tls);
    }

    public override string ToString() => $"{Host}:{Port}";
}
