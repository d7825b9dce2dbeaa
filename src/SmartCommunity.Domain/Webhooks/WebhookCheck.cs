using System.Net;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Domain.Webhooks;

/// <summary>Whether a webhook's record is well-formed. Where a host name leads is judged at every connection, not here.</summary>
internal static class WebhookCheck
{
    public static Refusal? Judge(Webhook webhook, AreaCode district, AddressRule addresses) =>
        Url(webhook.Url, addresses)
        ?? Check.Text(webhook.Description, "description", Limits.NoteCharsMax, required: false)
        ?? Area(webhook.Area, district)
        ?? Kinds(webhook.Kinds);

    private static Refusal? Url(string url, AddressRule addresses)
    {
        if (Check.Text(url, "url", Limits.WebhookUrlCharsMax) is { } refusal)
        {
            return refusal;
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.Host.Length == 0 || url.Any(char.IsWhiteSpace))
        {
            return new(RefusalCode.Malformed, "url", "The address is no absolute https address.", "Write it like https://partner.example/events.");
        }

        if (uri.UserInfo.Length > 0)
        {
            return new(RefusalCode.Malformed, "url", "The address holds a user or a password.", "Leave them out: every request is signed with the webhook's secret.");
        }

        if (uri.Fragment.Length > 0)
        {
            return new(RefusalCode.Malformed, "url", "The address has a fragment (#…), which is never sent.", "Leave it out.");
        }

        if (uri.Scheme == "http" && !(addresses.AllowsLoopback && uri.IsLoopback))
        {
            return new(
                RefusalCode.Malformed,
                "url",
                addresses.AllowsLoopback ? "Plain http is for loopback addresses only." : "The address must be https.",
                "Use https.");
        }

        return IsRefusedHost(uri, addresses)
            ? new(RefusalCode.OutOfRange, "url", "The address is of this machine or of a private network.", "Use a public address, or have Webhooks:AllowPrivateAddresses set.")
            : null;
    }

    private static bool IsRefusedHost(Uri uri, AddressRule addresses) => IPAddress.TryParse(uri.DnsSafeHost, out var address)
        ? !addresses.Allows(address)
        : uri.IsLoopback && !addresses.Allows(IPAddress.Loopback);

    private static Refusal? Area(string area, AreaCode district) => area.Length == 0 || (AreaCode.TryParse(area, out var code) && district.Contains(code))
        ? null
        : new(RefusalCode.WrongParent, "area", $"The area does not lie in district {district}.", "Choose an area of the district, or leave it out.");

    private static Refusal? Kinds(EventKind[] kinds)
    {
        foreach (var kind in kinds)
        {
            if (kind == EventKind.None || !Enum.IsDefined(kind))
            {
                return new(RefusalCode.Malformed, "kinds", "There is no such kind of event.", "Leave the kinds out for all.");
            }
        }

        return kinds.Distinct().Count() == kinds.Length
            ? null
            : new(RefusalCode.Malformed, "kinds", "A kind stands there twice.", "Name each once.");
    }
}
