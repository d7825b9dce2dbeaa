using Grpc.Core;
using Orleans;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Grains;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Rules;

internal sealed class RuleService(IDirectory directory, IGrainFactory grains) : V1.RuleService.RuleServiceBase
{
    public override async Task<V1.CreateRuleResponse> CreateRule(V1.CreateRuleRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var id = call.NewId<RuleId>(request.RuleId, "rule_id");
        var wanted = NamedRequests.Record(request.Rule, "rule").ToDomain(call.District, id).OrThrow(RuleMapping.Names);
        var outcome = await grains.District(call.District).DefineRule(wanted, WriteCondition.Create, call.Command).WaitAsync(call.Cancellation);
        return new() { Rule = outcome.OrThrow(RuleMapping.Names).ToProto(call.District) };
    }

    public override async Task<V1.GetRuleResponse> GetRule(V1.GetRuleRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var id = call.Id<RuleId>(request.Name, ResourceNames.Rules, "name");
        return new() { Rule = (await directory.FindAsync<AlarmRule>(call, id.ToString(), "name")).ToProto(call.District) };
    }

    public override async Task<V1.ListRulesResponse> ListRules(V1.ListRulesRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var page = await directory.PageAsync<AlarmRule>(call, request.PageSize, request.PageToken);
        return new() { Rules = { page.Items.Select(item => item.ToProto(call.District)) }, NextPageToken = page.NextPageToken ?? string.Empty };
    }

    public override async Task<V1.UpdateRuleResponse> UpdateRule(V1.UpdateRuleRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var id = call.Id<RuleId>(request.Rule.Name, ResourceNames.Rules, "rule.name");
        var outcome = await Revisions.ReviseAsync(
            call.Revision(request.Rule.Etag, "rule.etag"),
            () => directory.FindAsync<AlarmRule>(call, id.ToString(), "rule.name"),
            current => UpdateMask.Apply(current.ToProto(call.District), request.Rule, request.UpdateMask, RuleMapping.Changeable)
                .Then(changed => changed.ToDomain(call.District, id)),
            current => current.Revision,
            (changed, condition) => grains.District(call.District).DefineRule(changed, condition, call.Command).WaitAsync(call.Cancellation));
        return new() { Rule = outcome.OrThrow(RuleMapping.Names).ToProto(call.District) };
    }
}
