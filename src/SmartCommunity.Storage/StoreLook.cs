namespace SmartCommunity.Storage;

/// <summary>What a store at rest holds.</summary>
/// <param name="Schema">Number of its newest migration.</param>
/// <param name="Position">The last position that was given out.</param>
/// <param name="Rows">Rows by table; all segments of readings together as <c>readings</c>.</param>
public sealed record StoreFigures(int Schema, long Position, long Bytes, IReadOnlyDictionary<string, long> Rows);

/// <summary>Something that contradicts itself inside a store.</summary>
/// <param name="Check">Short and stable: <c>integrity</c>, <c>versions</c>, <c>positions</c>, <c>segments</c>, <c>series</c>, <c>times</c>, <c>views</c>, <c>lookups</c>, <c>marks</c>.</param>
public sealed record StoreFault(string Check, string Sentence);
