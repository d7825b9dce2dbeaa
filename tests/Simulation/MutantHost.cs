using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Storage;

namespace SmartCommunity.Simulation;

/// <summary>
/// The product with one thing broken: it acknowledges before the commit. It lives here and not in the product, which has no such switch; the
/// composition is the product's own, with the ingest exchanged. The kill test must catch it, or it proves nothing. Its disk is slow, so that a kill
/// falls into what it promises too early: on a quick one the commit may overtake the acknowledgement on its way to the sender.
/// </summary>
internal static class MutantHost
{
    /// <summary>First argument of the test executable when it is started as the mutant.</summary>
    public const string Argument = "mutant-host";

    public static Task<int> RunAsync(string[] args) => SmartCommunity.Host.Program.RunAsync(args, Break);

    private static void Break(IServiceCollection services)
    {
        var real = services.Last(s => s.ServiceType == typeof(IIngest));
        services.Add(ServiceDescriptor.Singleton<IIngest>(provider => new EagerIngest((IIngest)Make(provider, real))));
        var journal = services.Last(s => s.ServiceType == typeof(IJournal));
        services.Add(ServiceDescriptor.Singleton<IJournal>(provider => new SlowJournal((IJournal)Make(provider, journal))));
    }

    private static object Make(IServiceProvider provider, ServiceDescriptor real) =>
        real.ImplementationInstance
        ?? real.ImplementationFactory?.Invoke(provider)
        ?? ActivatorUtilities.CreateInstance(provider, real.ImplementationType ?? throw new TargetException("No ingest to break."));

    private sealed class SlowJournal(IJournal real) : IJournal
    {
        private static readonly TimeSpan Seek = TimeSpan.FromMilliseconds(10);

        public long CommittedPosition => real.CommittedPosition;

        public ValueTask<Claim> ClaimAsync(StreamKey stream, CancellationToken cancellation) => real.ClaimAsync(stream, cancellation);

        public async ValueTask<CommitResult> CommitAsync(Append append, CancellationToken cancellation)
        {
            await Until.ElapsedAsync(Seek, cancellation);
            return await real.CommitAsync(append, cancellation);
        }

        public IAsyncEnumerable<JournalEntry> ReadStreamAsync(StreamKey stream, long afterPosition, CancellationToken cancellation) =>
            real.ReadStreamAsync(stream, afterPosition, cancellation);

        public ValueTask<FeedPage> ReadFeedAsync(long afterPosition, int maxEntries, string? district, CancellationToken cancellation) =>
            real.ReadFeedAsync(afterPosition, maxEntries, district, cancellation);

        public IDisposable Subscribe(Action<CommitNotice> onCommit) => real.Subscribe(onCommit);
    }

    private sealed class EagerIngest(IIngest real) : IIngest, IIngestReceipt
    {
        public bool TryPost(DeviceRoute route, in DeviceMessage message, IIngestReceipt receipt, long ticket)
        {
            if (!real.TryPost(route, message, this, ticket))
            {
                return false;
            }

            receipt.Complete(ticket, new MessageOutcome(MessageFate.Accepted));
            return true;
        }

        public void Complete(long ticket, in MessageOutcome outcome)
        {
            // The sender was told long ago: that is the fault.
        }

        public void Fail(long ticket)
        {
            // Here the message is lost.
        }
    }
}
