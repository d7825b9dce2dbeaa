using System.Globalization;

namespace SmartCommunity.Grpc.Requests;

/// <summary>An etag is the record's revision in decimal digits.</summary>
internal static class Etags
{
    public static string Of(long revision) => revision.ToString(CultureInfo.InvariantCulture);

    public static bool TryParse(string etag, out long revision) =>
        long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out revision);
}
