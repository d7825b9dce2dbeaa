using System.ComponentModel.DataAnnotations;
using System.Net;
using SmartCommunity.Grains;
using SmartCommunity.Grains.Keeping;
using SmartCommunity.Grains.Webhooks;
using SmartCommunity.Grpc;
using SmartCommunity.Mqtt;
using SmartCommunity.Storage.Sqlite;

namespace SmartCommunity.Host.Settings;

/// <summary>All options of the process, read and validated; the ports are free.</summary>
internal sealed record HostSettings(
    IConfiguration Configuration,
    IPAddress Address,
    PortSettings Ports,
    SqliteStoreOptions Store,
    DemoSettings Demo,
    ShutdownSettings Shutdown,
    LogSettings Log,
    MqttEdgeOptions Mqtt,
    GrpcEdgeOptions Grpc,
    WebhookOptions Webhooks)
{
    private const string DataFolder = "data";

    /// <exception cref="StartRefusedException">Names the option that is wrong or the port that is taken, and the way out.</exception>
    public static HostSettings Read(string[] args)
    {
        var settings = Check(Reader(args, problem => throw problem), args);
        var ports = Settings.Ports.Claim(settings.Ports, settings.Address);
        return settings with { Ports = ports, Mqtt = settings.Mqtt with { Port = ports.Mqtt } };
    }

    /// <summary>Reads what a start would read: the file beside the program, the environment, the command line.</summary>
    public static SettingsReader Reader(string[] args, Action<StartRefusedException> onProblem) => new(
        new ConfigurationBuilder()
            .SetBasePath(AppContext.BaseDirectory)
            .AddJsonFile("appsettings.json", optional: true)
            .AddEnvironmentVariables(SettingsReader.EnvironmentPrefix)
            .AddCommandLine(args)
            .Build(),
        onProblem);

    /// <summary>All options, checked; the ports are not touched.</summary>
    public static HostSettings Check(SettingsReader reader, string[] args)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var listen = reader.Read("Listen", new ListenSettings());
        var ports = reader.Read("Ports", new PortSettings());
        var store = reader.Read("Store", new SqliteStoreOptions { Folder = DataFolder }, nameof(SqliteStoreOptions.Synchronous));
        _ = reader.Read(GrainsOptions.Section, new GrainsOptions());
        _ = reader.Read(BackupOptions.Section, new BackupOptions());
        var mqtt = reader.Read(MqttEdgeOptions.Section, new MqttEdgeOptions(), nameof(MqttEdgeOptions.Address), nameof(MqttEdgeOptions.Port));
        var demo = reader.Read("Demo", new DemoSettings());
        var webhooks = reader.Read(WebhookOptions.Section, new WebhookOptions());
        var settings = new HostSettings(
            reader.Configuration,
            listen.Bound ?? throw SettingsReader.Wrong("Listen:Address", $"is '{listen.Address}'", "give loopback, any, or one IP address of this machine"),
            ports,
            store,
            demo,
            reader.Read("Shutdown", new ShutdownSettings()),
            reader.Read("Log", new LogSettings()),
            mqtt,
            reader.Read("Grpc", new GrpcEdgeOptions()),
            webhooks with { AllowLoopback = webhooks.AllowLoopback || demo.Enabled });
        reader.RefuseUnknown(args);
        settings.Validate();
        return settings with { Mqtt = mqtt with { Address = settings.Address.ToString(), Port = ports.Mqtt } };
    }

    private void Validate()
    {
        try
        {
            Store.Validate();
        }
        catch (ArgumentException wrong)
        {
            throw new StartRefusedException($"The option Store:{wrong.ParamName} is wrong.", wrong.Message);
        }

        if ((Mqtt with { Address = Address.ToString() }).Problems() is [var first, ..])
        {
            throw new StartRefusedException($"An option is wrong: {first}", "change it; docs/operations.md lists the options.");
        }
    }
}

/// <summary>Where the ports are open; section <c>Listen</c>.</summary>
internal sealed record ListenSettings
{
    /// <summary><c>loopback</c>, <c>any</c>, or one IP address of this machine.</summary>
    [RegularExpression("^(loopback|any|[0-9a-fA-F.:]+)$")]
    public string Address { get; init; } = "loopback";

    /// <summary>The address to bind; null when the text is no address.</summary>
    public IPAddress? Bound => Address switch
    {
        "loopback" => IPAddress.Loopback,
        "any" => IPAddress.Any,
        _ => IPAddress.TryParse(Address, out var address) ? address : null,
    };
}

/// <summary>TCP ports; section <c>Ports</c>. 0 takes any free one: then the banner and <c>demo.env</c> say which.</summary>
internal sealed record PortSettings
{
    /// <summary>REST and health, HTTP/1.1.</summary>
    [Range(0, 65_535)]
    public int Http { get; init; } = 8080;

    /// <summary>gRPC, HTTP/2 in clear text.</summary>
    [Range(0, 65_535)]
    public int Grpc { get; init; } = 8081;

    /// <summary>Devices.</summary>
    [Range(0, 65_535)]
    public int Mqtt { get; init; } = 1883;

    /// <summary>Between silos; always loopback in embedded mode.</summary>
    [Range(0, 65_535)]
    public int Silo { get; init; } = 11111;

    /// <summary>Orleans clients; always loopback in embedded mode.</summary>
    [Range(0, 65_535)]
    public int Gateway { get; init; } = 30000;
}

/// <summary>The demo district; section <c>Demo</c>.</summary>
internal sealed record DemoSettings
{
    /// <summary>Fills an empty store with the demo district and writes its keys to <c>demo.env</c>.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Commands under way at once while it is filled.</summary>
    [Range(1, 1_024)]
    public int CommandsMax { get; init; } = 64;
}

/// <summary>Stopping; section <c>Shutdown</c>.</summary>
internal sealed record ShutdownSettings
{
    /// <summary>How long a stop waits for what is under way.</summary>
    [Range(1, 60)]
    public int DrainSecondsMax { get; init; } = 15;
}

/// <summary>Log lines to standard output; section <c>Log</c>.</summary>
internal sealed record LogSettings
{
    /// <summary><c>plain</c> or <c>json</c>, one line an entry.</summary>
    [RegularExpression("^(plain|json)$")]
    public string Format { get; init; } = "plain";
}
