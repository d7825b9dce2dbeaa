using System.Diagnostics;
using System.Globalization;
using SmartCommunity.Simulation.Devices;
using SmartCommunity.Simulation.Products;
using SmartCommunity.Simulation.Worlds;
using Xunit;

namespace SmartCommunity.Simulation;

/// <summary>
/// The first promise: what was acknowledged is there, once, whatever is done to the process. The product and its mutant go through the same load and
/// the same checker.
/// </summary>
public sealed class KillTests
{
    private const int Kills = 52;
    private const int MutantKillsMax = 12;
    private static readonly TimeSpan FirstAckMax = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static int Seed => int.TryParse(Environment.GetEnvironmentVariable("SC_SIM_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20261123;

    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_nothing_happens_twice_over_52_kills()
    {
        using var folder = new TempFolder();
        await using var product = await Product.StartAsync(new(folder.Path), Cancellation);
        using var world = await World.BuildAsync(product, Cancellation);
        var (devices, figures) = await KillUnderLoadAsync(world, "run", Kills);

        var verdict = await Verdict.OfAsync(world.Api, World.Name, devices, Cancellation);
        Console.WriteLine(
            $"figure: kills {Kills}, seed {Seed}, sent {verdict.Sent}, acknowledged {verdict.Acknowledged}, stored {verdict.Stored}, lost {verdict.Lost}, twice {verdict.Twice}; "
            + $"first acknowledgement after restart: median {figures.Order().ElementAt(figures.Count / 2):0.00} s, max {figures.Max():0.00} s");
        Assert.Equal((0, 0, 0), (verdict.Lost, verdict.Twice, verdict.Unknown));
        Assert.Equal(verdict.Sent, verdict.Acknowledged);
        Assert.Equal(verdict.Sent, verdict.Stored);
        Assert.InRange(figures.Max(), 0, FirstAckMax.TotalSeconds);

        await AlarmsSettleAsync(world);
        await Recount.EqualsRollupsAsync(world.Api, Cancellation);
    }

    /// <summary>The control: without it the test above could be blind.</summary>
    [Fact]
    public async Task A_mutant_that_acknowledges_before_the_commit_is_caught()
    {
        using var folder = new TempFolder();
        await using var product = await Product.StartAsync(new(folder.Path, Mutant: true), Cancellation);
        using var world = await World.BuildAsync(product, Cancellation);
        var kills = 0;
        var verdict = new Verdict(0, 0, 0, 0, 0, 0);
        while (verdict.Lost == 0 && kills < MutantKillsMax)
        {
            var (devices, _) = await KillUnderLoadAsync(world, $"run{kills}", 2);
            verdict = await Verdict.OfAsync(world.Api, World.Name, devices, Cancellation);
            kills += 2;
        }

        Console.WriteLine($"figure: mutant (acknowledges before the commit): kills {kills}, acknowledged {verdict.Acknowledged}, lost {verdict.Lost}");
        Assert.True(verdict.Lost > 0, $"The mutant lost nothing in {kills} kills: the checker is blind.");
    }

    private static async Task<(IReadOnlyList<LoadDevice> Devices, List<double> FirstAckSeconds)> KillUnderLoadAsync(World world, string run, int kills)
    {
        var random = new Random(Seed);
        var devices = world.Load(run, Seed);
        var firstAcks = new List<double>();
        using var stop = new CancellationTokenSource();
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = devices.Select(d => Task.Run(() => d.RunAsync(stop.Token, giveUp.Token), Cancellation)).ToArray();
        try
        {
            for (var kill = 0; kill < kills; kill++)
            {
                firstAcks.Add(await FirstAckAsync(world.Product, devices));
                await Until.ElapsedAsync(TimeSpan.FromMilliseconds(random.Next(20, 900)), Cancellation);
                await world.Product.KillAsync();
                if (kill % 10 == 9)
                {
                    // Also in the middle of a start.
                    world.Product.Launch();
                    await Until.ElapsedAsync(TimeSpan.FromMilliseconds(random.Next(200, 1500)), Cancellation);
                    await world.Product.KillAsync();
                }

                world.Product.Launch();
            }

            await FirstAckAsync(world.Product, devices);
            await stop.CancelAsync();
            await Task.WhenAll(running).WaitAsync(TimeSpan.FromMinutes(1), Cancellation);
        }
        finally
        {
            await giveUp.CancelAsync();
        }

        return (devices, firstAcks);
    }

    private static async Task<double> FirstAckAsync(Product product, IReadOnlyList<LoadDevice> devices)
    {
        await Until.TrueAsync(
            _ => Task.FromResult(devices.Any(d => d.Log.LastAckAt > product.StartedAt)),
            TimeSpan.FromSeconds(60),
            () => $"a message was acknowledged after the start\n{product.Output}",
            Cancellation);
        var first = devices.Where(d => d.Log.LastAckAt > product.StartedAt).Min(d => d.Log.LastAckAt);
        return Stopwatch.GetElapsedTime(product.StartedAt, first).TotalSeconds;
    }

    /// <summary>After the load every rule's clock runs out, by the sweeper alone.</summary>
    private static Task AlarmsSettleAsync(World world) => Until.TrueAsync(
        async cancellation => (await world.Api.OpenAlarmsAsync(World.Name, cancellation)).Count == 0,
        TimeSpan.FromSeconds(30),
        () => "every alarm of the simulated rule closed by itself",
        Cancellation);
}
