using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using SmartCommunity.Domain.Districts;

namespace SmartCommunity.Grpc.Requests;

/// <summary>Mappings that all records share.</summary>
internal static class Shapes
{
    public static V1.GeoPoint ToProto(this GeoPoint point) => new() { Lon = point.Lon, Lat = point.Lat };

    public static V1.GeoPoint? ToProto(this GeoPoint? point) => point is { } given ? given.ToProto() : null;

    public static Timestamp ToProto(this DateTimeOffset instant) => Timestamp.FromDateTimeOffset(instant);

    public static Timestamp? ToProto(this DateTimeOffset? instant) => instant is { } given ? given.ToProto() : null;

    public static Timestamp FromMs(long unixMs) => Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(unixMs));

    /// <summary>A JSON object; null when it nests deeper than a Struct may. The journal keeps it whole.</summary>
    public static Struct? ToStruct(string json)
    {
        try
        {
            return Struct.Parser.ParseJson(json);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    public static Duration Seconds(int seconds) => new() { Seconds = seconds };
}
