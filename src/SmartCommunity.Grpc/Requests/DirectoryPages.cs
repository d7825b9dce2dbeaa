using SmartCommunity.Grains.Directory;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Refusals;

namespace SmartCommunity.Grpc.Requests;

/// <summary>Reads records and pages of the caller's district.</summary>
internal static class DirectoryPages
{
    /// <summary>A page of view rows; a bad page size or token is thrown as its refusal.</summary>
    public static async Task<DirectoryPage<T>> PageAsync<T>(
        this IDirectory directory, EdgeCall call, int pageSize, string pageToken, string area = "", string? status = null, string? owner = null, string? idPrefix = null)
        where T : class
    {
        var reader = new RequestReader(call.District);
        var prefix = reader.Finish(reader.AreaPrefix(area, "area")).OrThrow();
        var query = new DirectoryQuery(call.DistrictCode, Pages.Size(pageSize), Pages.Token(pageToken), prefix, status, owner, idPrefix);
        var page = await directory.ListAsync<T>(query, call.Cancellation);
        return page.Refusal is null ? page : throw RefusalStatus.ToException(page.Refusal);
    }

    /// <summary>The record, or not-found for the field that named it.</summary>
    public static async Task<T> FindAsync<T>(this IDirectory directory, EdgeCall call, string id, string field)
        where T : class => (await directory.GetAsync<T>(call.DistrictCode, id, call.Cancellation)).OrNotFound(field);
}
