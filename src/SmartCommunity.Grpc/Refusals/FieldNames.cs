using System.Text;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Grpc.Refusals;

/// <summary>
/// Says a domain record's field in proto naming: snake case, the record's own renames, and the path of the record in the request. The id of the record
/// and some others stand beside it.
/// </summary>
/// <param name="record">Path of the record in the request (<c>building</c>); empty for none.</param>
/// <param name="renames">First segments that have another name in the proto.</param>
internal sealed class FieldNames(string record, params (string Domain, string Proto)[] renames)
{
    /// <summary>Fields that stand beside the record in every request.</summary>
    private static readonly string[] Beside = ["request_id", "update_mask"];

    public static FieldNames None { get; } = new(string.Empty);

    /// <summary>The refusal with its field as the caller knows it.</summary>
    public Refusal InRequest(Refusal refusal) => refusal with { Field = Path(refusal.Field, record) };

    /// <summary>The refusal with its field relative to the record: for a row of an import.</summary>
    public Refusal InRecord(Refusal refusal) => refusal with { Field = Path(refusal.Field, string.Empty) };

    /// <summary><c>OfflineAfterSeconds</c> → <c>offline_after_seconds</c>.</summary>
    public static string ToSnake(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsAsciiLetterUpper(name[i]) && i > 0 && name[i - 1] is not ('.' or '_' or '[' or '/'))
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }

    private string Path(string field, string prefix)
    {
        var snake = ToSnake(field);
        var end = snake.AsSpan().IndexOfAny('.', '[');
        var head = end < 0 ? snake : snake[..end];
        if (head.Length == 0 || head == record)
        {
            return prefix;
        }

        var renamed = Array.Find(renames, r => r.Domain == head).Proto;
        var proto = renamed ?? (head == "id" ? $"{record}_id" : head);
        var isOutside = record.Length > 0 && (Beside.Contains(proto) || proto == $"{record}_id");
        return (isOutside || prefix.Length == 0 ? proto : $"{prefix}.{proto}") + (end < 0 ? string.Empty : snake[end..]);
    }
}
