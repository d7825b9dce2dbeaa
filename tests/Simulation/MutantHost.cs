using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Ingest;

namespace SmartCommunity.Simulation;

/// <summary>
/// The product with one thing broken: it acknowledges before the commit. It lives here and not in the product, which has no such switch; the
/// composition is the product's own, with the ingest exchanged. The kill test must catch it, or it proves nothing.
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
    }

    private static object Make(IServiceProvider provider, ServiceDescriptor real) =>
        real.ImplementationInstance
        ?? real.ImplementationFactory?.Invoke(provider)
        ?? ActivatorUtilities.CreateInstance(provider, real.ImplementationType ?? throw new TargetException("No ingest to break."));

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
