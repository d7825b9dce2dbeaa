namespace SmartCommunity.Host.Settings;

/// <summary>Finds what somebody meant to write.</summary>
internal static class Spelling
{
    /// <summary>The name that differs by the fewest letters (added, left out, another one); null when none is near.</summary>
    public static string? Nearest(string written, IEnumerable<string> names)
    {
        var (best, distance) = names
            .Select(name => (Name: name, Distance: Distance(written.ToUpperInvariant(), name.ToUpperInvariant())))
            .OrderBy(n => n.Distance)
            .FirstOrDefault();
        return best is not null && distance <= Math.Max(2, written.Length / 4) ? best : null;
    }

    private static int Distance(string a, string b)
    {
        var before = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(row[j - 1], before[j]) + 1, before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            }

            before = row;
        }

        return before[b.Length];
    }
}
