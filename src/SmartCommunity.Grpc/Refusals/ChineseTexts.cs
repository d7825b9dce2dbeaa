using System.Collections.Frozen;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Grpc.Refusals;

/// <summary>
/// The cause of an error in Chinese, by its reason. A caller who asks for Chinese gets it beside the English message, which alone tells the very rule and
/// the way out.
/// </summary>
public static class ChineseTexts
{
    private const string Locale = "zh-CN";

    private static readonly FrozenDictionary<RefusalCode, string> OfRefusals = new Dictionary<RefusalCode, string>
    {
        [RefusalCode.Missing] = "缺少必填字段，或字段为空。",
        [RefusalCode.Malformed] = "字段的格式不符合要求（字符、长度或形式）。",
        [RefusalCode.OutOfRange] = "数值超出允许的范围。",
        [RefusalCode.BadCursor] = "分页令牌、游标或筛选条件无法识别。",
        [RefusalCode.Immutable] = "该字段创建后不可修改。",
        [RefusalCode.NotFound] = "所指的对象不存在（或属于其他区县，回答相同）。",
        [RefusalCode.WrongParent] = "上级不存在、层级不对，或其编码不是下级编码的前缀。",
        [RefusalCode.AlreadyExists] = "该编号或名称已被占用。",
        [RefusalCode.WrongState] = "对象当前的状态不允许此操作。",
        [RefusalCode.Stale] = "etag 或预期版本已不是最新，他人先行修改。",
        [RefusalCode.Conflict] = "相同的请求号或消息号带来了不同的内容，以第一次为准。",
        [RefusalCode.NotJson] = "内容不是 JSON（已给出位置）。",
        [RefusalCode.WrongShape] = "JSON 的结构不符合要求（已给出路径）。",
        [RefusalCode.UnknownMetric] = "设备型号中没有该指标。",
        [RefusalCode.BadValue] = "数值不是有限数，或超出型号规定的范围。",
        [RefusalCode.BadTime] = "事件时间与接收时间相差过大。",
        [RefusalCode.EmptyPayload] = "内容为空。",
        [RefusalCode.BadGeometry] = "边界未闭合、点数不足、自相交，或坐标不是经纬度。",
        [RefusalCode.Overlap] = "两个网格重叠。",
        [RefusalCode.Gap] = "同一社区的网格之间有空隙。",
        [RefusalCode.TooLarge] = "内容、分页、批量或其他大小超出上限。",
        [RefusalCode.TooMany] = "队列、连接或订阅已达上限，请稍后再试。",
        [RefusalCode.StoreUnavailable] = "存储暂时无法写入，未确认任何内容；请用相同的请求号重试。",
        [RefusalCode.Unauthenticated] = "未提供有效的凭证。",
        [RefusalCode.NotAuthorised] = "该凭证无权执行此操作。",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> ByReason = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["SILO_UNAVAILABLE"] = "服务暂时无法处理该请求，请用相同的请求号或游标重试。",
        ["DEADLINE_EXCEEDED"] = "请求超时，结果未知；请用相同的请求号重试。",
        ["CANCELLED"] = "调用方已中断请求。",
        ["INTERNAL"] = "服务器内部错误，请凭编号查看日志。",
        ["NO_SUCH_METHOD"] = "没有这个方法。",
        ["NO_SUCH_ROUTE"] = "该路径不存在，可用的路径见 /openapi.json。",
        ["METHOD_NOT_ALLOWED"] = "该路径不支持此 HTTP 方法。",
        ["UNSUPPORTED_CONTENT"] = "不支持该内容类型，请使用 application/json。",
        ["NOT_PROTOBUF"] = "请求不是该方法的 protobuf 消息。",
        ["BAD_REQUEST"] = "无法识别的 HTTP 请求。",
    }.Concat(OfRefusals.Select(pair => KeyValuePair.Create(RefusalStatus.ReasonOf(pair.Key), pair.Value))).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The text of a refusal code; throws on one that has none.</summary>
    public static string Of(RefusalCode code) => OfRefusals[code];

    /// <summary>The same status with its cause in Chinese when the caller's <c>accept-language</c> asks for it first.</summary>
    public static Google.Rpc.Status AddTo(Google.Rpc.Status status, IHeaderDictionary headers)
    {
        ArgumentNullException.ThrowIfNull(status);
        ArgumentNullException.ThrowIfNull(headers);
        var reason = status.GetDetail<ErrorInfo>()?.Reason;
        if (!IsAsked(headers) || reason is null || !ByReason.TryGetValue(reason, out var text) || status.GetDetail<LocalizedMessage>() is not null)
        {
            return status;
        }

        var field = status.GetDetail<BadRequest>()?.FieldViolations.FirstOrDefault()?.Field;
        var told = status.Clone();
        told.Details.Add(Any.Pack(new LocalizedMessage { Locale = Locale, Message = string.IsNullOrEmpty(field) ? text : $"{text}字段：{field}。" }));
        return told;
    }

    /// <summary>The same for what a method throws.</summary>
    public static RpcException AddTo(RpcException refused, IHeaderDictionary headers)
    {
        ArgumentNullException.ThrowIfNull(refused);
        ArgumentNullException.ThrowIfNull(headers);
        return IsAsked(headers) && refused.GetRpcStatus() is { } status ? AddTo(status, headers).ToRpcException() : refused;
    }

    private static bool IsAsked(IHeaderDictionary headers) =>
        headers.AcceptLanguage.Count > 0
        && StringWithQualityHeaderValue.TryParseList(headers.AcceptLanguage!, out var languages)
        && languages.OrderByDescending(l => l.Quality ?? 1).First().Value.StartsWith("zh", StringComparison.OrdinalIgnoreCase);
}
