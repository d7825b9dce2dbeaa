namespace SmartCommunity.Simulation.Products;

/// <summary><c>demo.env</c> as a script reads it.</summary>
internal sealed record DemoFile(IReadOnlyDictionary<string, string> Values)
{
    public string this[string name] => Values[name];

    public static DemoFile Read(string folder) => new(File.ReadAllLines(Path.Combine(folder, "demo.env"))
        .Where(l => l.Contains('=') && !l.StartsWith('#'))
        .Select(l => l.Split('=', 2))
        .ToDictionary(p => p[0], p => p[1]));
}
