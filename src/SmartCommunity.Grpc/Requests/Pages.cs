using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grpc.Refusals;

namespace SmartCommunity.Grpc.Requests;

/// <summary>The one rule for page sizes and page tokens.</summary>
internal static class Pages
{
    /// <summary>0 is the default; beyond the limit is refused rather than cut, so that nobody counts on a page that never comes.</summary>
    public static int Size(int pageSize) => pageSize switch
    {
        0 => ApiLimits.PageSizeDefault,
        > 0 and <= ApiLimits.PageSizeMax => pageSize,
        _ => throw RefusalStatus.ToException(new(
            RefusalCode.OutOfRange, "page_size", $"A page holds 1 to {ApiLimits.PageSizeMax} records.", "Ask for less and follow next_page_token.")),
    };

    /// <summary>Null for the first page.</summary>
    public static string? Token(string token) => token.Length switch
    {
        0 => null,
        <= ApiLimits.PageTokenCharsMax => token,
        _ => throw RefusalStatus.ToException(BadToken),
    };

    public static Refusal BadToken { get; } = new(
        RefusalCode.BadCursor, "page_token", "The page token is none that an earlier page gave.", "Begin again without a token, with the same filters.");
}
