using Grpc.Net.Client;

namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary>Channels whose calls end: one that gets no answer fails its test instead of keeping it for ever.</summary>
internal static class Channels
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static GrpcChannel Open(string address) => GrpcChannel.ForAddress(address, new()
    {
        MaxSendMessageSize = 64 << 20,
        HttpHandler = new InTime(new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = TimeSpan.FromSeconds(15),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
        }),
        DisposeHttpClient = true,
    });

    /// <summary>A unary call's headers come with its answer, a watch's with its first message.</summary>
    private sealed class InTime(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(Patience);
            return await base.SendAsync(request, patience.Token);
        }
    }
}
