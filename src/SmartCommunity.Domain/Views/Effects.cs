namespace SmartCommunity.Domain.Views;

/// <summary>A view row as it now is; <paramref name="Record"/> null removes it. Encode the record with <see cref="Wire.RecordCodec"/>.</summary>
/// <param name="Area">Area code for prefix filters.</param>
/// <param name="DueMs">When the owner wants to be woken, Unix ms; null for never.</param>
/// <param name="MustBeNew">Refuse the whole append when the row exists.</param>
public sealed record Projected(
    string Kind,
    string Id,
    string Area,
    string Status,
    object? Record,
    long? DueMs = null,
    bool MustBeNew = false);

/// <summary>Adds to a counter at a leaf area.</summary>
public readonly record struct CounterDelta(string Area, string Name, long Delta);

/// <summary>Sets a global look-up, or removes it when <paramref name="Id"/> is null.</summary>
public readonly record struct LookupEntry(string Scope, string Key, string? Kind, string? Id);

/// <summary>What events do to the index: written in the same commit as they.</summary>
public sealed class Effects
{
    public List<Projected> Rows { get; } = [];

    public List<CounterDelta> Counters { get; } = [];

    public List<LookupEntry> Lookups { get; } = [];

    public void Count(string area, string name, long delta)
    {
        if (delta != 0)
        {
            Counters.Add(new(area, name, delta));
        }
    }
}
