using SmartCommunity.Domain.Areas;

namespace SmartCommunity.Domain.Commands;

internal static class DecisionEvents
{
    /// <summary>Adds an event of a person's command: it happened when it was said.</summary>
    public static void Happened<T>(this Decision<T> decision, DomainEvent happened, AreaCode area, CommandContext context)
        where T : class
    {
        var now = context.Now.ToUnixTimeMilliseconds();
        decision.Events.Add(new(happened, area, now, now, context.Actor, context.RequestId));
    }
}
