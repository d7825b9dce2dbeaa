using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Grains.Twins;

/// <summary>The messages of one grain call. Immutable: handed over without a copy inside a silo.</summary>
[GenerateSerializer, Immutable, Alias("sc.MessageBatch")]
public sealed class MessageBatch(DeviceMessage[] messages, int count)
{
    /// <summary>At least <see cref="Count"/> long; the rest is unused.</summary>
    [Id(0)] public DeviceMessage[] Messages { get; } = messages;

    [Id(1)] public int Count { get; } = count;
}
