using Microsoft.Extensions.Options;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Grpc.Events;

/// <summary>Counts open watches by API key and by connection; the feed itself counts them by district and in all.</summary>
internal sealed class WatchSlots(IOptions<GrpcEdgeOptions> options)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> open = new(StringComparer.Ordinal);

    /// <summary>A place, to be disposed when the watch ends; or the refusal.</summary>
    public Outcome<IDisposable> Enter(string actor, string connection)
    {
        var byKey = $"key {actor}";
        var byConnection = $"connection {connection}";
        lock (gate)
        {
            if (open.GetValueOrDefault(byKey) >= options.Value.WatchesPerKeyMax)
            {
                return Full($"An API key has at most {options.Value.WatchesPerKeyMax} open watches.");
            }

            if (open.GetValueOrDefault(byConnection) >= options.Value.WatchesPerConnectionMax)
            {
                return Full($"A connection has at most {options.Value.WatchesPerConnectionMax} open watches.");
            }

            Add(byKey, 1);
            Add(byConnection, 1);
        }

        return new Outcome<IDisposable>(new Slot(this, byKey, byConnection));
    }

    private static Refusal Full(string rule) => new(RefusalCode.TooMany, string.Empty, rule, "End one, or watch more kinds with one.");

    private void Add(string name, int delta)
    {
        var count = open.GetValueOrDefault(name) + delta;
        if (count == 0)
        {
            open.Remove(name);
        }
        else
        {
            open[name] = count;
        }
    }

    private sealed class Slot(WatchSlots slots, string byKey, string byConnection) : IDisposable
    {
        private bool isLeft;

        public void Dispose()
        {
            lock (slots.gate)
            {
                if (!isLeft)
                {
                    isLeft = true;
                    slots.Add(byKey, -1);
                    slots.Add(byConnection, -1);
                }
            }
        }
    }
}
