using System.Collections.Concurrent;
using System.Reflection;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Tests.Limits;

#pragma warning disable CA1852 // DispatchProxy derives from it at run time
/// <summary>A store of readings that only remembers what it was asked to drop.</summary>
internal class RetentionProbe : DispatchProxy
{
    private ConcurrentQueue<long> asked = new();

    public static IReadings Of(ConcurrentQueue<long> asked)
    {
        var readings = Create<IReadings, RetentionProbe>();
        ((RetentionProbe)(object)readings).asked = asked;
        return readings;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        Assert.Equal(nameof(IReadings.DropBeforeAsync), targetMethod!.Name);
        asked.Enqueue((long)args![0]!);
        return Activator.CreateInstance(targetMethod.ReturnType, Convert.ChangeType(0, targetMethod.ReturnType.GenericTypeArguments[0], null));
    }
}
#pragma warning restore CA1852
