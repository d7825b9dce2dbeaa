namespace SmartCommunity.Storage.Moving;

/// <summary>The file of a district cannot be taken; the message names the line, what is wrong and the way out.</summary>
public sealed class DistrictFileException(long line, string message, Exception? cause = null) : Exception($"Line {line}: {message}", cause)
{
    /// <summary>Counted from 1.</summary>
    public long Line => line;
}
