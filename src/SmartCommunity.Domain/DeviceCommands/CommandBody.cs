using System.Text;
using System.Text.Json;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Domain.DeviceCommands;

/// <summary>Judges the body of a command and of a reply: one JSON object, neither large nor deep.</summary>
internal static class CommandBody
{
    public static Refusal? Judge(string? body, string field, int bytesMax)
    {
        if (body is not null && Encoding.UTF8.GetByteCount(body) is var bytes && bytes > bytesMax)
        {
            return new(RefusalCode.TooLarge, field, $"The object has {bytes} bytes; at most {bytesMax} are kept.", "Send a link to what is large.");
        }

        using var json = MessageBody.Parse(body);
        return json is null || json.RootElement.ValueKind != JsonValueKind.Object
            ? new(RefusalCode.WrongShape, field, "One JSON object is asked for.", "Send an object; {} when there is nothing to say.")
            : IsTooDeep(body!)
                ? new(RefusalCode.TooLarge, field, $"The object nests deeper than {Limits.CommandDepthMax} levels.", "Send a flatter one.")
                : null;
    }

    private static bool IsTooDeep(string body)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(body));
        while (reader.Read())
        {
            if (reader.CurrentDepth > Limits.CommandDepthMax)
            {
                return true;
            }
        }

        return false;
    }
}
