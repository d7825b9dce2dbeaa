using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using SmartCommunity.Domain.Devices;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>
/// Finds a profile's metric by the bytes of its name, so that no string is made for a name that is already there. Made once a profile.
/// </summary>
internal sealed class MetricLookup
{
    private static readonly ConditionalWeakTable<DeviceProfile, MetricLookup> Known = [];

    private readonly Metric[] metrics;
    private readonly byte[][] names;

    private MetricLookup(DeviceProfile profile)
    {
        metrics = profile.Metrics;
        names = [.. metrics.Select(m => Encoding.UTF8.GetBytes(m.Name))];
    }

    public int Count => metrics.Length;

    public static MetricLookup Of(DeviceProfile profile) => Known.GetValue(profile, static p => new MetricLookup(p));

    public Metric this[int index] => metrics[index];

    /// <summary>The index of the metric of this name, or -1.</summary>
    public int IndexOf(ReadOnlySpan<byte> nameUtf8)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (nameUtf8.SequenceEqual(names[i]))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The index of the metric whose name the reader stands on, or -1.</summary>
    /// <param name="reader">Stands on a property name.</param>
    /// <param name="hint">Where to look first: devices send their metrics in the same order every time.</param>
    public int IndexOf(ref Utf8JsonReader reader, int hint)
    {
        if (hint < names.Length && reader.ValueTextEquals(names[hint]))
        {
            return hint;
        }

        for (var i = 0; i < names.Length; i++)
        {
            if (reader.ValueTextEquals(names[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
