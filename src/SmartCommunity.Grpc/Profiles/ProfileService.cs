using Grpc.Core;
using Orleans;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Grains;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Profiles;

internal sealed class ProfileService(IDirectory directory, IGrainFactory grains) : V1.ProfileService.ProfileServiceBase
{
    public override async Task<V1.CreateProfileResponse> CreateProfile(V1.CreateProfileRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var id = call.NewId<ProfileId>(request.ProfileId, "profile_id");
        var wanted = NamedRequests.Record(request.Profile, "profile").ToDomain(call.District, id).OrThrow(ProfileMapping.Names);
        var outcome = await grains.District(call.District).DefineProfile(wanted, WriteCondition.Create, call.Command).WaitAsync(call.Cancellation);
        return new() { Profile = outcome.OrThrow(ProfileMapping.Names).ToProto(call.District) };
    }

    public override async Task<V1.GetProfileResponse> GetProfile(V1.GetProfileRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var id = call.Id<ProfileId>(request.Name, ResourceNames.Profiles, "name");
        return new() { Profile = (await directory.FindAsync<DeviceProfile>(call, id.ToString(), "name")).ToProto(call.District) };
    }

    public override async Task<V1.ListProfilesResponse> ListProfiles(V1.ListProfilesRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var page = await directory.PageAsync<DeviceProfile>(call, request.PageSize, request.PageToken);
        return new() { Profiles = { page.Items.Select(item => item.ToProto(call.District)) }, NextPageToken = page.NextPageToken ?? string.Empty };
    }

    public override async Task<V1.UpdateProfileResponse> UpdateProfile(V1.UpdateProfileRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var id = call.Id<ProfileId>(request.Profile.Name, ResourceNames.Profiles, "profile.name");
        var outcome = await Revisions.ReviseAsync(
            call.Revision(request.Profile.Etag, "profile.etag"),
            () => directory.FindAsync<DeviceProfile>(call, id.ToString(), "profile.name"),
            current => UpdateMask.Apply(current.ToProto(call.District), request.Profile, request.UpdateMask, ProfileMapping.Changeable)
                .Then(changed => changed.ToDomain(call.District, id)),
            current => current.Revision,
            (changed, condition) => grains.District(call.District).DefineProfile(changed, condition, call.Command).WaitAsync(call.Cancellation));
        return new() { Profile = outcome.OrThrow(ProfileMapping.Names).ToProto(call.District) };
    }
}
