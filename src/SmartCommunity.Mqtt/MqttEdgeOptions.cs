using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Reflection;

namespace SmartCommunity.Mqtt;

/// <summary>The MQTT listener's settings, section <c>Mqtt</c>. Every limit is listed in docs/limits.md.</summary>
public sealed record MqttEdgeOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "Mqtt";

    /// <summary>IP address to listen on. Loopback unless told otherwise.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>TCP port; 0 takes any free one, see <see cref="IMqttReady.EndPoint"/>.</summary>
    [Range(0, ushort.MaxValue)]
    public int Port { get; init; } = 1883;

    /// <summary>The largest packet before a CONNECT was accepted, in bytes of remaining length.</summary>
    [Range(1024, 1024 * 1024)]
    public int PacketBytesMaxBeforeConnect { get; init; } = 64 * 1024;

    /// <summary>The largest packet afterwards; told to MQTT 5 clients in CONNACK.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int PacketBytesMax { get; init; } = 256 * 1024;

    /// <summary>A socket that has not sent its CONNECT by then is closed.</summary>
    [Range(1, 60)]
    public int ConnectTimeoutSeconds { get; init; } = 5;

    /// <summary>A packet that has begun must be whole by then; an answer that cannot be written by then ends the connection.</summary>
    [Range(1, 600)]
    public int StallTimeoutSeconds { get; init; } = 30;

    /// <summary>Connections in all.</summary>
    [Range(1, 1_000_000)]
    public int ConnectionsMax { get; init; } = 20_000;

    /// <summary>Connections from one address.</summary>
    [Range(1, 1_000_000)]
    public int ConnectionsMaxPerAddress { get; init; } = 4_000;

    /// <summary>Topic filters of one connection.</summary>
    [Range(1, 1_000)]
    public int FiltersMax { get; init; } = 16;

    /// <summary>Topic filters of a gateway's connection on the devices behind it, besides its own.</summary>
    [Range(1, 10_000)]
    public int GatewayFiltersMax { get; init; } = 1_024;

    /// <summary>MQTT 5 topic aliases of one connection.</summary>
    [Range(0, 1_000)]
    public int TopicAliasesMax { get; init; } = 16;

    /// <summary>The longest keep-alive; an MQTT 5 client that asks for more or for none is told this one.</summary>
    [Range(10, ushort.MaxValue)]
    public int KeepAliveSecondsMax { get; init; } = 1_200;

    /// <summary>Web pages that may connect through WebSocket, comma-separated, like <c>https://console.example.org</c>; besides them those of this host and of loopback.</summary>
    public string WebOrigins { get; init; } = string.Empty;

    /// <summary>Not safe. What open topics begin with, comma-separated: whoever connects from this machine without a user name may use them. Empty: none.</summary>
    public string OpenTopicPrefixes { get; init; } = string.Empty;

    /// <summary>How long the listener waits at its stop for what is on its way to the disk.</summary>
    [Range(0, 60)]
    public int StopTimeoutSeconds { get; init; } = 5;

    private bool IsLoopback => IPAddress.TryParse(Address, out var address) && IPAddress.IsLoopback(address);

    private static readonly string[] DeviceRoots = ["sc/", "v1/"];

    /// <summary>True when a prefix could be the beginning of a topic of the devices, or is none at all.</summary>
    private static bool IsOfDevices(string prefix) => prefix.AsSpan().IndexOfAny("+#\0") >= 0
        || DeviceRoots.Any(root => prefix.StartsWith(root, StringComparison.Ordinal) || root.StartsWith(prefix, StringComparison.Ordinal));

    internal static string[] Split(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>What is wrong with these settings, each with its key; empty when nothing is.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (!IPAddress.TryParse(Address, out _))
        {
            problems.Add($"{Section}:{nameof(Address)} must be an IP address.");
        }

        problems.AddRange(
            from property in typeof(MqttEdgeOptions).GetProperties()
            let range = property.GetCustomAttribute<RangeAttribute>()
            let value = property.GetValue(this)
            where range is not null && !range.IsValid(value)
            select string.Create(CultureInfo.InvariantCulture, $"{Section}:{property.Name} must lie in [{range.Minimum}, {range.Maximum}], not {value}."));
        if (OpenTopicPrefixes.Length > 0 && !IsLoopback)
        {
            problems.Add($"{Section}:{nameof(OpenTopicPrefixes)} needs a listener on loopback: open topics ask nobody for a credential.");
        }

        if (Split(OpenTopicPrefixes).Any(IsOfDevices))
        {
            problems.Add($"{Section}:{nameof(OpenTopicPrefixes)} must not begin with sc or v1, which are the devices', and hold no + or #.");
        }

        return problems;
    }
}
