using SmartCommunity.Cli.Output;
using SmartCommunity.Client;

namespace SmartCommunity.Cli.Watching;

/// <summary>What a person is told when a watch loses the server. The first dial must succeed: else the address is wrong or nothing runs there.</summary>
internal static class Losses
{
    public static Action<WatchBreak> Tell(Results results, string what) => lost =>
    {
        if (lost is { HasEverAnswered: false, Failure: { } failure })
        {
            throw failure;
        }

        results.Remark($"{what}; trying again in {lost.Pause.TotalSeconds:0.#} s");
    };
}
