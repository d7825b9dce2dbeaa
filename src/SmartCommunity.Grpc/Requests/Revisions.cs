using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Grpc.Requests;

/// <summary>Changes a record: read, lay the changes over it, write on the condition that nobody else was faster.</summary>
internal static class Revisions
{
    /// <summary>How often a change without an etag is laid over what another writer has just written.</summary>
    private const int AttemptsMax = 4;

    /// <param name="etag">The revision the caller insists on; null to change whatever there is.</param>
    /// <param name="read">The record as it now is, or a refusal.</param>
    /// <param name="change">Lays the caller's fields over it.</param>
    /// <param name="revisionOf">The record's revision.</param>
    /// <param name="write">Writes on a condition.</param>
    public static async Task<Outcome<T>> ReviseAsync<T>(
        long? etag,
        Func<Task<T>> read,
        Func<T, Outcome<T>> change,
        Func<T, long> revisionOf,
        Func<T, WriteCondition, Task<Outcome<T>>> write)
        where T : class
    {
        for (var attempt = 1; ; attempt++)
        {
            var current = await read();
            var changed = change(current);
            if (changed.IsRefused)
            {
                return changed;
            }

            var written = await write(changed.Value, WriteCondition.Update(etag ?? revisionOf(current)));
            if (written.Refusal?.Code != RefusalCode.Stale || etag is not null || attempt == AttemptsMax)
            {
                return written;
            }
        }
    }
}
