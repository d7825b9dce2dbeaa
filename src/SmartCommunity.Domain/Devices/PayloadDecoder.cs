using Orleans;

namespace SmartCommunity.Domain.Devices;

/// <summary>How a profile's raw bytes become values: a table, no script. The first layout that fits a payload reads it.</summary>
[GenerateSerializer, Immutable, Alias("sc.PayloadDecoder")]
public sealed record PayloadDecoder([property: Id(0)] DecoderLayout[] Layouts);

/// <summary>One layout of a raw payload.</summary>
/// <param name="FirstByte">Only for payloads that begin with this byte; null for any.</param>
/// <param name="LengthBytes">Only for payloads of this length; 0 for any that holds all fields.</param>
[GenerateSerializer, Immutable, Alias("sc.DecoderLayout")]
public sealed record DecoderLayout(
    [property: Id(0)] int? FirstByte,
    [property: Id(1)] int LengthBytes,
    [property: Id(2)] DecoderField[] Fields);

/// <summary>One value in a raw payload: metric = raw · <paramref name="Scale"/> + <paramref name="Add"/>.</summary>
/// <param name="Offset">Where it begins, in bytes.</param>
/// <param name="Type">See <see cref="RawType"/>.</param>
/// <param name="BitOffset">First bit, counted from the least significant one; unsigned types only.</param>
/// <param name="BitLength">Number of bits; 0 for all from <paramref name="BitOffset"/> on.</param>
/// <param name="Invalid">Raw values that mean "no value"; the metric is then left out.</param>
[GenerateSerializer, Immutable, Alias("sc.DecoderField")]
public sealed record DecoderField(
    [property: Id(0)] string Metric,
    [property: Id(1)] int Offset,
    [property: Id(2)] string Type,
    [property: Id(3)] int BitOffset,
    [property: Id(4)] int BitLength,
    [property: Id(5)] double Scale,
    [property: Id(6)] double Add,
    [property: Id(7)] double[] Invalid);
