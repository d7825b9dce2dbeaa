using SmartCommunity.Domain.Refusals;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Streams;

/// <summary>A record must carry the id of the grain it is sent to: a grain writes its own stream only.</summary>
internal static class KeyCheck
{
    public static Refusal? Named(StreamKey stream, string collection, string id, string field) => stream.Name == $"{collection}/{id}"
        ? null
        : new(RefusalCode.Malformed, field, "The id in the record is not the id in its name.", "Use one id in both places.");
}
