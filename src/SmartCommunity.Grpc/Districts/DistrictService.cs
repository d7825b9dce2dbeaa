using Grpc.Core;
using Orleans;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grains;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;
using SmartCommunity.Storage;

namespace SmartCommunity.Grpc.Districts;

internal sealed class DistrictService(IDirectory directory, IViews views, IGrainFactory grains) : V1.DistrictService.DistrictServiceBase
{
    // Enough of the hash to be unique among a district's keys; it tells nothing about 130 random bits.
    private const int KeyIdChars = 12;

    private static readonly FieldNames KeyNames = new("api_key", ("name", "display_name"), ("key_id", "api_key"), ("a_p_i key", "name"));

    public override async Task<V1.CreateDistrictResponse> CreateDistrict(V1.CreateDistrictRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        if (!AreaCode.TryParse(request.DistrictId, out var code) || code.Level != AreaLevel.District)
        {
            throw RefusalStatus.ToException(request.DistrictId.Length == 0
                ? Answers.Missing("district_id")
                : Answers.Malformed("district_id", "A district's code has six digits and does not begin with 0.", "Use the code of GB/T 2260."));
        }

        var district = (request.District ?? throw RefusalStatus.ToException(Answers.Missing("district"))).ToDomain(code).OrThrow();
        var outcome = await grains.District(code).Define(district, WriteCondition.Create, call.Command).WaitAsync(call.Cancellation);
        return new() { District = outcome.OrThrow(DistrictMapping.Names).ToProto() };
    }

    public override async Task<V1.GetDistrictResponse> GetDistrict(V1.GetDistrictRequest request, ServerCallContext context) =>
        new() { District = (await FindAsync(EdgeCall.Of(context), request.Name, "name")).ToProto() };

    public override async Task<V1.ListDistrictsResponse> ListDistricts(V1.ListDistrictsRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var size = Pages.Size(request.PageSize);
        var after = Pages.Token(request.PageToken) ?? string.Empty;
        if (after.Length > 0 && !AreaCode.TryParse(after, out _))
        {
            throw RefusalStatus.ToException(Pages.BadToken);
        }

        IReadOnlyList<string> all = call.Caller.District is { } own ? [own.ToString()] : await views.DistrictsAsync(call.Cancellation);
        var codes = all.Where(c => string.CompareOrdinal(c, after) > 0).Order(StringComparer.Ordinal).Take(size + 1).ToArray();
        var response = new V1.ListDistrictsResponse { NextPageToken = codes.Length > size ? codes[size - 1] : string.Empty };
        foreach (var code in codes.Take(size))
        {
            if (await directory.GetAsync<District>(code, code, call.Cancellation) is { } district)
            {
                response.Districts.Add(district.ToProto());
            }
        }

        return response;
    }

    public override async Task<V1.UpdateDistrictResponse> UpdateDistrict(V1.UpdateDistrictRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        await FindAsync(call, request.District.Name, "district.name");
        var outcome = await Revisions.ReviseAsync(
            call.Revision(request.District.Etag, "district.etag"),
            () => FindAsync(call, request.District.Name, "district.name"),
            current => UpdateMask.Apply(current.ToProto(), request.District, request.UpdateMask, DistrictMapping.Changeable)
                .Then(changed => changed.ToDomain(call.District)),
            current => current.Revision,
            (changed, condition) => grains.District(call.District).Define(changed, condition, call.Command).WaitAsync(call.Cancellation));
        return new() { District = outcome.OrThrow(DistrictMapping.Names).ToProto() };
    }

    public override async Task<V1.GetStateHashResponse> GetStateHash(V1.GetStateHashRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        await FindAsync(call, request.Name, "name");
        var hash = await directory.StateHashAsync(call.DistrictCode, call.Cancellation);
        var response = new V1.GetStateHashResponse { Hash = hash.Hash, Readings = hash.Readings };
        response.Rows.Add(new Dictionary<string, long>(hash.Rows));
        return response;
    }

    public override async Task<V1.GetRollupResponse> GetRollup(V1.GetRollupRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var area = call.District;
        if (ResourceNames.TryId(request.Name, ResourceNames.Areas, out _, out var code))
        {
            var reader = new RequestReader(call.District);
            area = reader.Finish(reader.Area(code, "name")).OrThrow();
            await FindAsync(call, ResourceNames.District(call.District), "name");
        }
        else
        {
            await FindAsync(call, request.Name, "name");
        }

        var rollup = await directory.RollupAsync(area, call.Command.Now, call.Cancellation);
        return new() { Rollup = rollup.ToProto(call.Command.Now) };
    }

    public override async Task<V1.CreateApiKeyResponse> CreateApiKey(V1.CreateApiKeyRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        await FindAsync(call, request.Parent, "parent");
        var key = Secrets.ApiKeyPrefix + Secrets.Make(call, $"api-key {call.District}");
        var hash = CredentialHash.Of(key);
        var name = request.ApiKey?.DisplayName ?? string.Empty;
        var outcome = await grains.District(call.District).IssueApiKey(hash[..KeyIdChars], hash, name, call.Command).WaitAsync(call.Cancellation);
        return new()
        {
            ApiKey = new() { Name = ResourceNames.Of(call.District, ResourceNames.ApiKeys, outcome.OrThrow(KeyNames)), DisplayName = name },
            Key = key,
        };
    }

    public override async Task<V1.RevokeApiKeyResponse> RevokeApiKey(V1.RevokeApiKeyRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        if (!ResourceNames.TryId(request.Name, ResourceNames.ApiKeys, out _, out var id) || !IdText.IsValid(id))
        {
            throw RefusalStatus.ToException(Answers.NotFound("name"));
        }

        var outcome = await grains.District(call.District).RevokeApiKey(id, call.Command).WaitAsync(call.Cancellation);
        return outcome.Refusal?.Code == RefusalCode.NotFound
            ? throw RefusalStatus.ToException(Answers.NotFound("name"))
            : new() { Name = ResourceNames.Of(call.District, ResourceNames.ApiKeys, outcome.OrThrow(KeyNames)) };
    }

    /// <summary>The district that a name of exactly one district names.</summary>
    private async Task<District> FindAsync(EdgeCall call, string name, string field) => name == ResourceNames.District(call.District)
        ? await directory.FindAsync<District>(call, call.DistrictCode, field)
        : throw RefusalStatus.ToException(Answers.NotFound(field));
}
