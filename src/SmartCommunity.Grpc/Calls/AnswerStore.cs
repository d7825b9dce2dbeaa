using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Storage;

namespace SmartCommunity.Grpc.Calls;

/// <summary>
/// Keeps the answer of every mutation that came with a request id, byte for byte, and gives it again. The grains make a repetition harmless in the very
/// commit of its effect; this makes its answer the same too where the answer is more than one commit's (imports) or holds a secret. An answer is kept
/// enciphered under the caller's own credential, of which only the hash is stored: nobody reads tokens out of the store.
/// </summary>
internal sealed class AnswerStore(IJournal journal, IViews views)
{
    /// <summary>One scope for all methods: a request id names one call of the district.</summary>
    private const string Scope = "rpc";

    private const string Stream = "answers";
    private const int AttemptsMax = 5;

    private readonly ConcurrentDictionary<string, Claim> claims = new(StringComparer.Ordinal);

    /// <summary>The answer of the first time; null when there was none. Another content, or another caller, is thrown as a conflict.</summary>
    public async ValueTask<TResponse?> FindAsync<TResponse>(EdgeCall call)
        where TResponse : class
    {
        if (!IsKept(call) || await views.FindKeyAsync(call.DistrictCode, Scope, call.Command.RequestId!, call.Cancellation) is not { } known)
        {
            return null;
        }

        return Open<TResponse>(call, known);
    }

    /// <summary>Keeps the answer, also when the caller has gone; durable when it returns. Answers the one that counts: of two at once the first.</summary>
    public async ValueTask<TResponse> KeepAsync<TResponse>(EdgeCall call, TResponse answer)
        where TResponse : class
    {
        if (!IsKept(call))
        {
            return answer;
        }

        var key = new NewKey(Scope, call.Command.RequestId!, call.Command.Fingerprint ?? 0, Seal(call, ((IMessage)answer).ToByteArray()));
        for (var attempt = 1; ; attempt++)
        {
            var stream = new StreamKey(call.DistrictCode, Stream);
            if (!claims.TryGetValue(stream.District, out var claim))
            {
                claims[stream.District] = claim = await journal.ClaimAsync(stream, CancellationToken.None);
            }

            var result = await journal.CommitAsync(new() { Stream = stream, Epoch = claim.Epoch, ExpectedVersion = claim.Version, Keys = [key] }, CancellationToken.None);
            switch (result.Status)
            {
                case CommitStatus.Committed:
                    return answer;
                case CommitStatus.KeyExists:
                    return Open<TResponse>(call, result.Existing!);
                case CommitStatus.Fenced when attempt < AttemptsMax:
                    claims.TryRemove(KeyValuePair.Create(stream.District, claim));
                    break;
                default:
                    throw new StoreUnavailableException($"An answer could not be kept: {result.Status}.");
            }
        }
    }

    private static bool IsKept(EdgeCall call) => call.Command.RequestId is not null && call.District != default;

    private static TResponse Open<TResponse>(EdgeCall call, StoredKey known)
    {
        if (known.Fingerprint != call.Command.Fingerprint || Unseal(call, known.Answer.Span) is not { } bytes)
        {
            throw RefusalStatus.ToException(Taken);
        }

        var answer = Activator.CreateInstance<TResponse>();
        ((IMessage)answer!).MergeFrom(bytes);
        return answer;
    }

    private static byte[] Seal(EdgeCall call, byte[] plain)
    {
        var (nonceLength, tagLength) = (AesGcm.NonceByteSizes.MaxSize, AesGcm.TagByteSizes.MaxSize);
        var closed = new byte[nonceLength + tagLength + plain.Length];
        var nonce = closed.AsSpan(0, nonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(Key(call), tagLength);
        cipher.Encrypt(nonce, plain, closed.AsSpan(nonceLength + tagLength), closed.AsSpan(nonceLength, tagLength));
        return closed;
    }

    /// <summary>Null when another caller closed it.</summary>
    private static byte[]? Unseal(EdgeCall call, ReadOnlySpan<byte> closed)
    {
        var (nonceLength, tagLength) = (AesGcm.NonceByteSizes.MaxSize, AesGcm.TagByteSizes.MaxSize);
        var plain = new byte[closed.Length - nonceLength - tagLength];
        using var cipher = new AesGcm(Key(call), tagLength);
        try
        {
            cipher.Decrypt(closed[..nonceLength], closed[(nonceLength + tagLength)..], closed.Slice(nonceLength, tagLength), plain);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] Key(EdgeCall call) => HKDF.DeriveKey(
        HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(call.Caller.Credential), 32, info: Encoding.UTF8.GetBytes($"answer\n{call.DistrictCode}\n{call.Command.RequestId}"));

    private static Refusal Taken { get; } = new(
        RefusalCode.Conflict, "request_id", "This request id came before with another content or of another caller; the first one stands.", "Use a new request id.");
}
