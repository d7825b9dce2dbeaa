using System.Text.Encodings.Web;
using System.Text.Json;

namespace SmartCommunity.Grains.Keeping;

/// <summary>
/// What a backup says of itself: <c>manifest.json</c> beside the file. It is written last, so a folder without one is no backup.
/// </summary>
/// <param name="Format"><see cref="CurrentFormat"/>.</param>
/// <param name="Product">Version of the program that wrote it.</param>
/// <param name="Schema">Schema of the file.</param>
/// <param name="Position">The file holds everything up to this position of the journal and nothing after it.</param>
/// <param name="TakenAt">When the copy began, by the server's clock.</param>
/// <param name="Bytes">Size of the file.</param>
/// <param name="Sha256">Of the file's bytes, lower-case hex.</param>
/// <param name="Districts">The state of each district at that position, ascending by code.</param>
/// <param name="Rows">Rows by table.</param>
/// <param name="RequestId">Of the call that made it; null when it had none.</param>
public sealed record BackupManifest(
    string Format,
    string Product,
    int Schema,
    long Position,
    DateTimeOffset TakenAt,
    string File,
    long Bytes,
    string Sha256,
    IReadOnlyList<DistrictState> Districts,
    IReadOnlyDictionary<string, long> Rows,
    string? RequestId = null)
{
    public const string FileName = "manifest.json";
    public const string CurrentFormat = "smartcommunity-backup/1";

    /// <summary>A larger file is no manifest.</summary>
    public const int FileBytesMax = 16 << 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The manifest of a backup's folder; null when there is none or it cannot be read.</summary>
    public static BackupManifest? TryRead(string folder)
    {
        var file = new FileInfo(Path.Combine(folder, FileName));
        if (!file.Exists || file.Length > FileBytesMax)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<BackupManifest>(System.IO.File.ReadAllBytes(file.FullName), Json) is { Format: CurrentFormat, Districts: not null, Rows: not null } read ? read : null;
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Written beside and moved over, mode 0600.</summary>
    public void Write(string folder)
    {
        var beside = Path.Combine(folder, FileName + ".new");
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(beside, create))
        {
            JsonSerializer.Serialize(stream, this, Json);
            stream.Flush(flushToDisk: true);
        }

        System.IO.File.Move(beside, Path.Combine(folder, FileName));
    }
}

/// <summary>The state of one district; <see cref="Hash"/> is what <c>sc hash</c> answers.</summary>
public sealed record DistrictState(string District, string Hash, long Readings, IReadOnlyDictionary<string, long> Rows);
