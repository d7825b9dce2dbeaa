using System.Diagnostics.CodeAnalysis;
using Orleans;

namespace SmartCommunity.Domain.Refusals;

/// <summary>
/// A refusal is a value: a stable code, the field it is about, the rule that was broken and the way out.
/// It is never thrown; the edges translate it once (gRPC status, MQTT reason code, CLI row error).
/// </summary>
/// <param name="Code">Stable, numbered cause; see <see cref="RefusalCode"/>.</param>
/// <param name="Field">Path of the offending field (<c>values.pm25</c>, <c>parent</c>); empty when the whole input is meant.</param>
/// <param name="Rule">The rule that was broken, as a sentence.</param>
/// <param name="WayOut">What the caller can do about it.</param>
[GenerateSerializer, Immutable, Alias("sc.Refusal")]
public sealed record Refusal(
    [property: Id(0)] RefusalCode Code,
    [property: Id(1)] string Field,
    [property: Id(2)] string Rule,
    [property: Id(3)] string WayOut);

/// <summary>Either a value or a <see cref="Refusal"/>; never both, never neither.</summary>
[GenerateSerializer, Immutable, Alias("sc.Outcome`1")]
public readonly record struct Outcome<T>
{
    public Outcome(T value) => Value = value;

    public Outcome(Refusal refusal) => Refusal = refusal;

    /// <summary>The result; meaningful only when <see cref="Refusal"/> is null.</summary>
    [Id(0)]
    public T? Value { get; init; }

    /// <summary>Why there is no result; null when it went well.</summary>
    [Id(1)]
    public Refusal? Refusal { get; init; }

    [MemberNotNullWhen(true, nameof(Refusal))]
    [MemberNotNullWhen(false, nameof(Value))]
    public bool IsRefused => Refusal is not null;

#pragma warning disable CA2225 // the constructors are the named alternates
    public static implicit operator Outcome<T>(T value) => new(value);

    public static implicit operator Outcome<T>(Refusal refusal) => new(refusal);
#pragma warning restore CA2225
}
