using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary>Waits for what others bring about, at most ten seconds.</summary>
internal static class Eventually
{
    public static async Task<bool> HoldsAsync(Func<Task<bool>> condition)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var i = 0; i < 200; i++)
        {
            if (await condition())
            {
                return true;
            }

            await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        return false;
    }
}
