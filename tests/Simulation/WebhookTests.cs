using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using SmartCommunity.Simulation.Products;
using SmartCommunity.Simulation.Worlds;
using SmartCommunity.V1;
using Xunit;

namespace SmartCommunity.Simulation;

/// <summary>A webhook of the built product while it is killed and its consumer is away, at random.</summary>
public sealed class WebhookTests
{
    private const int Rounds = 4;
    private const int ChangesARound = 60;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static int Seed => int.TryParse(Environment.GetEnvironmentVariable("SC_SIM_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 20261123;

    [Fact]
    public async Task Every_event_arrives_in_order_for_each_entity_over_kills_and_absences()
    {
        using var folder = new TempFolder();
        await using var product = await Product.StartAsync(
            new(folder.Path, More: [("Webhooks:AllowLoopback", "true"), ("Webhooks:RetryFirstMs", "20"), ("Webhooks:RetryMsMax", "200")]), Cancellation);
        using var world = await World.BuildAsync(product, Cancellation);
        await using var partner = await Partner.StartAsync(new(Seed));
        var client = world.Api.Webhooks;
        var made = await client.CreateWebhookAsync(
            new() { Parent = World.Name, WebhookId = "partner", Webhook = new() { Url = partner.Url, Kinds = { EventKind.Directory } } },
            world.Api.Headers,
            cancellationToken: Cancellation);
        for (var round = 0; round < Rounds; round++)
        {
            partner.IsAway = round % 2 == 1;
            await ChangeAsync(world, round);
            await Until.ElapsedAsync(TimeSpan.FromMilliseconds(300), Cancellation);
            await product.KillAsync();
            await product.RestartAsync(Cancellation);
        }

        partner.IsAway = false;
        var expected = await WatchedAsync(world, Rounds * ChangesARound);
        await Until.TrueAsync(
            () => expected.All(e => partner.Handled.ContainsKey(e.Cursor)), TimeSpan.FromSeconds(60), "every event arrived", Cancellation);
        partner.AssertInOrder();
        Console.WriteLine(
            $"figure: webhook: events {expected.Count}, requests {partner.Requests}, answered twice or more {partner.Repeated}, kills {Rounds}, seed {Seed}");

        // Read while the product has the files open: the secret is in none of them.
        var secret = made.Secret["whsec_".Length..];
        foreach (var file in Directory.GetFiles(folder.Path, "smartcommunity.db*"))
        {
            await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var bytes = new MemoryStream();
            await open.CopyToAsync(bytes, Cancellation);
            Assert.Equal(-1, bytes.ToArray().AsSpan().IndexOf(Encoding.ASCII.GetBytes(secret)));
            Assert.Equal(-1, bytes.ToArray().AsSpan().IndexOf(Convert.FromBase64String(secret)));
        }
    }

    /// <summary>Renames all buildings again and again, side by side.</summary>
    private static async Task ChangeAsync(World world, int round)
    {
        var buildings = World.Cells.Count;
        for (var i = 0; i < ChangesARound; i++)
        {
            var building = new Building { Name = $"{World.Name}/buildings/B{i % buildings}", DisplayName = $"House {round}-{i}" };
            await world.Api.Buildings.UpdateBuildingAsync(new() { Building = building }, world.Api.Headers, cancellationToken: Cancellation);
        }
    }

    /// <summary>What a watch tells of the renaming, from the beginning.</summary>
    private static async Task<List<Event>> WatchedAsync(World world, int count)
    {
        var renamed = new List<Event>();
        using var watch = world.Api.Events.WatchEvents(
            new() { Parent = World.Name, Cursor = "0", Kinds = { EventKind.Directory } }, world.Api.Headers, cancellationToken: Cancellation);
        var houses = new Dictionary<string, int>(StringComparer.Ordinal);
        await foreach (var response in watch.ResponseStream.ReadAllAsync(Cancellation))
        {
            foreach (var told in response.Events.Where(e => e.Type == "building-defined/1"))
            {
                // The first one of a building is its creation, before the webhook was there.
                var name = told.Directory.Name;
                houses[name] = houses.GetValueOrDefault(name) + 1;
                if (houses[name] > 1)
                {
                    renamed.Add(told);
                }
            }

            if (renamed.Count >= count)
            {
                return renamed;
            }
        }

        throw new InvalidOperationException("The watch ended.");
    }

    /// <summary>A server that fails at random and remembers what it answered with 2xx.</summary>
    private sealed class Partner(WebApplication app, Random random) : IAsyncDisposable
    {
        private readonly ConcurrentQueue<(string Entity, long Position)> taken = new();
        private int requests;

        public bool IsAway { get; set; }

        public int Requests => Volatile.Read(ref requests);

        /// <summary>Cursors of the events that were taken.</summary>
        public ConcurrentDictionary<string, bool> Handled { get; } = new(StringComparer.Ordinal);

        public int Repeated => taken.Count - Handled.Count;

        public string Url => app.Urls.First() + "/events";

        public static async Task<Partner> StartAsync(Random random)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.Configuration.Sources.Clear();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http1));
            var partner = new Partner(builder.Build(), random);
            partner.Map();
            await partner.StartAsync();
            return partner;
        }

        /// <summary>
        /// An entity's events came in order; a repetition goes back as far as the cursor may, and then comes in order again, so no event is taken for the first
        /// time before one that stands before it in the log.
        /// </summary>
        public void AssertInOrder()
        {
            foreach (var entity in taken.GroupBy(t => t.Entity))
            {
                var firsts = entity.Select(t => t.Position).Distinct().ToArray();
                Assert.Equal(firsts.Order(), firsts);
            }
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private void Map() => app.Run(TakeAsync);

        private Task StartAsync() => app.StartAsync();

        private async Task TakeAsync(HttpContext http)
        {
            Interlocked.Increment(ref requests);
            using var json = await JsonDocument.ParseAsync(http.Request.Body);
            int chance;
            lock (random)
            {
                chance = random.Next(10);
            }

            if (IsAway || chance == 0)
            {
                http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            }

            var cursor = json.RootElement.GetProperty("data").GetProperty("cursor").GetString()!;
            taken.Enqueue((json.RootElement.GetProperty("partitionkey").GetString()!, long.Parse(cursor, CultureInfo.InvariantCulture)));
            Handled[cursor] = true;
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }
}
