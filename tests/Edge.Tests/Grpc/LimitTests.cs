using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using SmartCommunity.Domain;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grpc;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Events;
using SmartCommunity.Grpc.Health;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary>Limits of the API, each at the limit and one beyond it.</summary>
[Collection(GrpcCollection.Name)]
public sealed class LimitTests(EdgeHost host)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Limits.CellsPerImportMax)]
    [InlineData(Limits.CellsPerImportMax + 1)]
    public async Task One_import_holds_ten_thousand_cells(int count)
    {
        var request = new V1.ImportCellsRequest { Parent = host.Parent, DryRun = true };
        for (var i = 0; i < count; i++)
        {
            var outline = Sample.Square(110 + (i % 100 * 0.02), 35 + (i / 100 * 0.02));
            request.Rows.Add(new V1.CellRow { CellId = $"{EdgeHost.District}0010{10 + (i / 999):00}{1 + (i % 999):000}", Cell = new() { DisplayName = "c", Outline = outline } });
        }

        var cells = new V1.CellService.CellServiceClient(host.Channel);
        if (count > Limits.CellsPerImportMax)
        {
            await Errors.RefusedAsync(cells.ImportCellsAsync(request, host.Auth), StatusCode.ResourceExhausted, "TOO_LARGE");
            return;
        }

        // Their communities are not named: each row has its own answer, so each was looked at.
        var answer = await cells.ImportCellsAsync(request, host.Auth);
        Assert.Equal(count, answer.Summary.Refusals.Count(r => r.Reason == "WRONG_PARENT"));
    }

    [Theory]
    [InlineData(Limits.AreasPerCallMax)]
    [InlineData(Limits.AreasPerCallMax + 1)]
    public async Task One_call_names_a_thousand_areas(int count)
    {
        var request = new V1.NameAreasRequest { Parent = host.Parent, DryRun = true };
        request.Areas.Add(Enumerable.Range(1, count).Select(i => new V1.Area
        {
            Name = $"{host.Parent}/areas/{EdgeHost.District}{500 + (i / 900):000}" + (i % 900 == 0 ? string.Empty : $"{i % 900:000}"),
            DisplayName = "a",
        }));
        request.Areas.Insert(0, new V1.Area { Name = $"{host.Parent}/areas/{EdgeHost.District}500", DisplayName = "a" });
        request.Areas.RemoveAt(request.Areas.Count - 1);
        var areas = new V1.AreaService.AreaServiceClient(host.Channel);
        if (count > Limits.AreasPerCallMax)
        {
            await Errors.RefusedAsync(areas.NameAreasAsync(request, host.Auth), StatusCode.ResourceExhausted, "TOO_LARGE", "areas");
            return;
        }

        Assert.Equal(count, (await areas.NameAreasAsync(request, host.Auth)).Areas.Count);
    }

    [Fact]
    public void A_key_has_at_most_64_watches()
    {
        var options = new GrpcEdgeOptions();
        var slots = new WatchSlots(Options.Create(options));
        var open = Enumerable.Range(0, 64).Select(i => slots.Enter("key:a", $"connection-{i / 16}").Value!).ToArray();
        Assert.Equal(64, options.WatchesPerKeyMax);
        Assert.True(slots.Enter("key:a", "another").IsRefused);
        Assert.False(slots.Enter("key:b", "another").IsRefused);
        open[0].Dispose();
        Assert.False(slots.Enter("key:a", "another").IsRefused);
    }

    [Fact]
    public void A_connection_has_at_most_16_watches()
    {
        var options = new GrpcEdgeOptions();
        var slots = new WatchSlots(Options.Create(options));
        Assert.Equal(16, options.WatchesPerConnectionMax);
        Assert.All(Enumerable.Range(0, 16), i => Assert.False(slots.Enter($"key:{i}", "one").IsRefused));
        Assert.True(slots.Enter("key:last", "one").IsRefused);
    }

    [Theory]
    [InlineData(ApiLimits.CredentialCharsMax, true)]
    [InlineData(ApiLimits.CredentialCharsMax + 1, false)]
    public async Task A_credential_of_more_than_256_characters_is_not_looked_at(int length, bool isFound)
    {
        var key = new string('k', length);
        var options = Options.Create(new GrpcEdgeOptions { OperatorKeyHash = CredentialHash.Of(key) });
        var authenticator = new Authenticator(host.Records, options);
        var http = new DefaultHttpContext();
        http.Request.Headers["x-api-key"] = key;
        Assert.Equal(isFound, await authenticator.FindAsync(Authenticator.Credential(http), Cancellation) is not null);
    }

    [Fact]
    public async Task A_ready_check_that_says_nothing_for_two_seconds_is_in_trouble()
    {
        Assert.Equal(TimeSpan.FromSeconds(2), Readiness.CheckTimeMax);
        var readiness = new Readiness([new SilentCheck()]);
        var began = TimeProvider.System.GetTimestamp();
        Assert.Contains("did not answer within 2 s", (await readiness.TroublesAsync(Cancellation))["silent"], StringComparison.Ordinal);
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 1.9, 10);
        Assert.False(readiness.HasBeenReady);
    }

    private sealed class SilentCheck : IReadyCheck
    {
        public string Name => "silent";

        public ValueTask<string?> TroubleAsync(CancellationToken cancellation) => new(new TaskCompletionSource<string?>().Task);
    }
}
