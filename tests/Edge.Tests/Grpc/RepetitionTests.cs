using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using SmartCommunity.Grpc.Calls;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary>What every mutation promises: sent again with its request id it changes nothing and answers byte for byte as the first time, also after a restart.</summary>
public sealed class RepetitionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // Seen to fail without the kept answers.
    [Fact]
    public async Task Every_mutation_sent_again_answers_the_same_bytes_also_after_a_restart()
    {
        var host = new EdgeHost();
        await using var closing = host;
        await host.InitializeAsync();
        var requests = await MutationSamples.MakeAsync(host);
        Assert.Equal(Mutations.Select(Rpcs.FullName).Order(StringComparer.Ordinal), requests.Select(r => r.Rpc).Order(StringComparer.Ordinal));

        var answers = new Dictionary<string, byte[]>();
        foreach (var (rpc, request) in requests)
        {
            answers[rpc] = await AnswerAsync(host, rpc, request);
        }

        await ChangeInBetweenAsync(host);
        foreach (var (rpc, request) in requests)
        {
            Assert.True((await AnswerAsync(host, rpc, request)).SequenceEqual(answers[rpc]), $"{rpc} answers otherwise the second time");
        }

        var before = await HashAsync(host);
        await host.RestartAsync();
        foreach (var (rpc, request) in requests)
        {
            Assert.True((await AnswerAsync(host, rpc, request)).SequenceEqual(answers[rpc]), $"{rpc} answers otherwise after a restart");
            Alter(request);
            var refused = await Rpcs.CallAsync(host.Invoker, Rpcs.Find(rpc), request.ToByteArray(), AuthOf(host, rpc), Cancellation);
            Assert.True(refused?.StatusCode == StatusCode.AlreadyExists, $"{rpc} with another content: {refused?.Status.Detail}");
        }

        Assert.Equal(before, await HashAsync(host));
        Console.WriteLine($"figure: {requests.Count} mutations repeated byte for byte, before and after a restart");
    }

    [Fact]
    public async Task The_store_holds_no_secret_that_an_answer_told()
    {
        var host = new EdgeHost();
        await using var closing = host;
        await host.InitializeAsync();
        var made = await new V1.DeviceService.DeviceServiceClient(host.Channel).CreateDeviceAsync(
            new() { Parent = host.Parent, DeviceId = "secretive", Device = Sample.Device(await host.BuildingAsync()), RequestId = "secret-1" }, host.Auth);
        Assert.Equal(26, made.Token.Length);
        var files = 0;
        foreach (var file in Directory.GetFiles(host.Folder, "*.db*"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            files++;
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, Cancellation);
            Assert.Equal(-1, bytes.ToArray().AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(made.Token)));
        }

        Assert.True(files > 0);
    }

    [Fact]
    public async Task A_call_given_up_while_it_is_committed_and_sent_again_is_one_effect()
    {
        var host = new EdgeHost();
        await using var closing = host;
        await host.InitializeAsync();
        var buildings = new V1.BuildingService.BuildingServiceClient(host.Channel);
        for (var i = 0; i < 40; i++)
        {
            var request = new V1.CreateBuildingRequest { Parent = host.Parent, BuildingId = $"given-up-{i}", Building = Sample.Building(), RequestId = $"given-up-{i}" };
            using var gone = new CancellationTokenSource();
            var call = buildings.CreateBuildingAsync(request, host.Auth, cancellationToken: gone.Token);

            // Given up at another point of its way each time.
            for (var spin = 0; spin < i * 2_000; spin++)
            {
                Thread.SpinWait(5);
            }

            await gone.CancelAsync();
            var outcome = await Record.ExceptionAsync(async () => await call);
            Assert.True(outcome is null or RpcException { StatusCode: StatusCode.Cancelled }, outcome?.ToString());
            var first = await buildings.CreateBuildingAsync(request, host.Auth);
            Assert.Equal(first, await buildings.CreateBuildingAsync(request, host.Auth));
            Assert.Equal("1", first.Building.Etag);
        }
    }

    /// <summary>What a stream tells on the way (a backup) is progress and differs each time; only unary answers are kept.</summary>
    private static IEnumerable<Google.Protobuf.Reflection.MethodDescriptor> Mutations => Rpcs.All.Where(rpc => ContractTests.IsMutation(rpc) && !rpc.IsServerStreaming);

    private static async Task<byte[]> AnswerAsync(EdgeHost host, string rpc, IMessage request)
    {
        var method = Rpcs.Find(rpc);
        var raw = Marshallers.Create<byte[]>(bytes => bytes, bytes => bytes);
        try
        {
            return await host.Invoker.AsyncUnaryCall(new Method<byte[], byte[]>(MethodType.Unary, method.Service.FullName, method.Name, raw, raw), null, new(AuthOf(host, rpc), cancellationToken: Cancellation), request.ToByteArray());
        }
        catch (RpcException refused)
        {
            throw new InvalidOperationException($"{rpc}: {refused.Status.Detail}", refused);
        }
    }

    private static Metadata AuthOf(EdgeHost host, string rpc) => CallNeeds.Find(rpc)!.Need is CallNeed.Operator or CallNeed.DistrictOrOperator ? host.OperatorAuth : host.Auth;

    /// <summary>Another content with the same request id: an unknown field more.</summary>
    private static void Alter(IMessage request) => request.MergeFrom(new byte[] { 0xF8, 0x7F, 0x01 });

    /// <summary>Others change what was answered, so that reading it again would tell something else.</summary>
    private static async Task ChangeInBetweenAsync(EdgeHost host)
    {
        await new V1.BuildingService.BuildingServiceClient(host.Channel).UpdateBuildingAsync(
            new() { Building = new() { Name = $"{host.Parent}/buildings/made", DisplayName = "in between" } }, host.Auth);
        await new V1.CellService.CellServiceClient(host.Channel).UpdateCellAsync(
            new() { Cell = new() { Name = $"{host.Parent}/cells/{EdgeHost.District}001001002", DisplayName = "in between" } }, host.Auth);
        await new V1.DistrictService.DistrictServiceClient(host.Channel).UpdateDistrictAsync(
            new() { District = new() { Name = host.Parent, DisplayName = "in between" } }, host.OperatorAuth);
    }

    private static async Task<string> HashAsync(EdgeHost host) =>
        (await new V1.DistrictService.DistrictServiceClient(host.Channel).GetStateHashAsync(new() { Name = host.Parent }, host.Auth)).Hash;
}
