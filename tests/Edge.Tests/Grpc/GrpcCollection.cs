using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary>All tests of the gRPC edge share one host; each makes records of its own.</summary>
[CollectionDefinition(Name)]
public sealed class GrpcCollection : ICollectionFixture<EdgeHost>
{
    public const string Name = "grpc";
}
