using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Refusals;

namespace SmartCommunity.Grpc.Requests;

/// <summary>Reads the fields that most requests begin with; what is wrong with them is thrown as its refusal.</summary>
internal static class NamedRequests
{
    /// <summary>The id in a resource name of the caller's district.</summary>
    public static TId Id<TId>(this EdgeCall call, string name, string collection, string field)
        where TId : struct, IId<TId>
    {
        var reader = new RequestReader(call.District);
        return reader.Finish(reader.Reference<TId>(name, collection, field)).OrThrow();
    }

    /// <summary>The id that a create request chooses.</summary>
    public static TId NewId<TId>(this EdgeCall call, string id, string field)
        where TId : struct, IId<TId>
    {
        var reader = new RequestReader(call.District);
        return reader.Finish(reader.Id<TId>(id, field)).OrThrow();
    }

    /// <summary>The id in a resource name that is not one of our id types (reports, quarantine entries).</summary>
    public static string TextId(this EdgeCall call, string name, string collection, string field) =>
        ResourceNames.TryId(name, collection, out var district, out var id) && district == call.District
            ? id
            : throw RefusalStatus.ToException(Answers.NotFound(field));

    /// <summary>The revision that an etag insists on; null when there is no etag.</summary>
    public static long? Revision(this EdgeCall call, string etag, string field)
    {
        var reader = new RequestReader(call.District);
        var revision = reader.Revision(etag, field);
        return reader.Refusal is null ? revision : throw RefusalStatus.ToException(reader.Refusal);
    }

    /// <summary>A parent that must be the district itself.</summary>
    public static void CheckParent(this EdgeCall call, string parent)
    {
        if (parent != ResourceNames.District(call.District))
        {
            throw RefusalStatus.ToException(Answers.Malformed("parent", "The parent is a district.", "Write districts/ and its six digits."));
        }
    }

    /// <summary>The record of a request, which must be set.</summary>
    public static T Record<T>(T? record, string field)
        where T : class => record ?? throw RefusalStatus.ToException(Answers.Missing(field));
}
