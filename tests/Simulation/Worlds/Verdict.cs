using SmartCommunity.Simulation.Devices;

namespace SmartCommunity.Simulation.Worlds;

/// <summary>What the log of the senders and the API of the product say together.</summary>
internal sealed record Verdict(int Sent, int Acknowledged, int Stored, int Lost, int Twice, int Unknown)
{
    /// <summary>
    /// Compares. Lost: acknowledged and not stored. Twice: stored more than once. Unknown: stored and never sent.
    /// </summary>
    public static async Task<Verdict> OfAsync(Api api, string district, IReadOnlyList<LoadDevice> devices, CancellationToken cancellation)
    {
        var sent = devices.SelectMany(d => d.Log.All()).ToArray();
        var stored = new List<string>();
        foreach (var device in devices)
        {
            var name = $"{district}/devices/{device.Id}";
            stored.AddRange((await api.ReadingsAsync(name, cancellation)).Select(r => $"{device.Id}:{r.MessageId}"));
        }

        stored.AddRange((await api.ReportsAsync(district, cancellation)).Select(r => r.Name[(r.Name.LastIndexOf('/') + 1)..]));
        var once = stored.ToHashSet(StringComparer.Ordinal);
        var known = sent.Select(Key).ToHashSet(StringComparer.Ordinal);
        return new(
            sent.Length,
            sent.Count(m => m.Acknowledged),
            stored.Count,
            sent.Count(m => m.Acknowledged && !once.Contains(Key(m))),
            stored.Count - once.Count,
            once.Count(k => !known.Contains(k)));
    }

    private static string Key(SentMessage message) => $"{message.Device}:{message.Id}";
}
