using System.Buffers;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Domain.Commands;

/// <summary>The text of a SHA-256: 64 lower-case hex digits.</summary>
internal static class HashText
{
    private const int Chars = 64;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    public static Refusal? Judge(string? hash, string field) => hash is { Length: Chars } && !hash.AsSpan().ContainsAnyExcept(Hex)
        ? null
        : new(RefusalCode.Malformed, field, $"A SHA-256 is {Chars} lower-case hex digits.", "Hash the secret; the secret itself is never stored.");
}
