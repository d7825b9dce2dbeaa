using System.Net;
using System.Net.Sockets;

namespace SmartCommunity.Domain.Webhooks;

/// <summary>Which addresses a webhook may reach, so that nobody can use the server to knock at its own network's doors (SSRF).</summary>
/// <param name="AllowsLoopback">This machine itself, and plain http to it.</param>
/// <param name="AllowsPrivate">Private, link-local and other addresses that are not of the public network.</param>
public sealed record AddressRule(bool AllowsLoopback, bool AllowsPrivate)
{
    // IANA special-purpose registries (RFC 6890 and its updates), without loopback.
    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/96", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    /// <summary>True when a connection to the address may be made. An IPv4 address inside an IPv6 one is judged as what it is.</summary>
    public bool Allows(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var real = Inner(address);
        return IPAddress.IsLoopback(real) ? AllowsLoopback || AllowsPrivate : AllowsPrivate || !Array.Exists(Special, network => network.Contains(real));
    }

    private static IPAddress Inner(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IPv6Loopback.Equals(address))
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        return address.IsIPv4MappedToIPv6 || Begins(bytes, 0x00, 0x64, 0xff, 0x9b) ? new(bytes.AsSpan(12))
            : Begins(bytes, 0x20, 0x02) ? new(bytes.AsSpan(2, 4))
            : address;
    }

    private static bool Begins(byte[] bytes, params ReadOnlySpan<byte> with) => bytes.AsSpan().StartsWith(with);
}
