using System.Globalization;

namespace SmartCommunity.Simulation.Worlds;

/// <summary>Real files beside the repository when they are there; else small ones of the same form, so that the test is reduced and not skipped.</summary>
internal static class SharedFiles
{
    private const int SmallRows = 60;

    public static string Readings(string folder) => Find("suthaharan_single_hop.csv") ?? Write(
        folder,
        "readings.csv",
        "reading,mote_id,indoor,humidity,temperature,label",
        i => string.Create(CultureInfo.InvariantCulture, $"{(i / 4) + 1},{(i % 4) + 1},1,{40 + (i % 20)}.5,{20 + (i % 7)}.25,0"));

    public static string Reports(string folder) => Find("nyc_311_animals_2025.csv") ?? Write(
        folder,
        "reports.csv",
        "Unique Key,Created Date,Closed Date,Complaint Type,Descriptor,Incident Address,Community Board,Latitude,Longitude",
        i => string.Create(
            CultureInfo.InvariantCulture,
            $"{9000 + i},1/{(i % 28) + 1}/2025 1:{i % 60:00},{(i % 3 == 0 ? string.Empty : $"1/{(i % 28) + 1}/2025 2:{i % 60:00}")},Dead Animal,\"Cat, {i}\",{i} MAIN STREET,05 BROOKLYN,{40 + (i * 0.001):0.000},{-73 - (i * 0.001):0.000}"));

    /// <summary>Rows of data. A quoted field may hold a line break.</summary>
    public static int Rows(string file)
    {
        var (rows, quoted) = (0, false);
        foreach (var line in File.ReadLines(file).Skip(1))
        {
            quoted ^= line.Count(c => c == '"') % 2 == 1;
            rows += !quoted && line.Length > 0 ? 1 : 0;
        }

        return rows;
    }

    private static string? Find(string name)
    {
        var file = Path.GetFullPath(Path.Combine(Products.Built.Root, "..", "shared", "data", name));
        return File.Exists(file) ? file : null;
    }

    private static string Write(string folder, string name, string header, Func<int, string> row)
    {
        var file = Path.Combine(folder, name);
        File.WriteAllLines(file, [header, .. Enumerable.Range(0, SmallRows).Select(row)]);
        return file;
    }
}
