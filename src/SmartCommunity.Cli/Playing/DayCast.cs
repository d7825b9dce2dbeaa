using SmartCommunity.V1;

namespace SmartCommunity.Cli.Playing;

/// <summary>A device that takes part in a played day.</summary>
internal sealed record DayDevice(string Id, string Profile, string Area, IReadOnlyList<Metric> Metrics);

/// <summary>Chooses who takes part.</summary>
internal static class DayCast
{
    /// <summary>Round robin over the profiles, and inside a profile evenly over its devices by id.</summary>
    public static List<Device> Choose(IEnumerable<Device> devices, int most)
    {
        var groups = devices.GroupBy(d => d.Profile, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => g.OrderBy(d => d.Name, StringComparer.Ordinal).ToList())
            .ToList();
        var shares = Share(groups.ConvertAll(g => g.Count), most);
        return [.. groups.SelectMany((group, i) => Enumerable.Range(0, shares[i]).Select(k => group[(int)((long)k * group.Count / shares[i])]))];
    }

    private static int[] Share(List<int> sizes, int most)
    {
        var shares = new int[sizes.Count];
        for (var left = Math.Min(most, sizes.Sum()); left > 0;)
        {
            for (var i = 0; i < sizes.Count && left > 0; i++)
            {
                if (shares[i] < sizes[i])
                {
                    shares[i]++;
                    left--;
                }
            }
        }

        return shares;
    }
}
