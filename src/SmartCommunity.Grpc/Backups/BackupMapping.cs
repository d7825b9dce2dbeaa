using SmartCommunity.Grains.Keeping;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Backups;

internal static class BackupMapping
{
    public static V1.Backup ToProto(this Backup backup)
    {
        var manifest = backup.Manifest;
        return new()
        {
            Name = $"backups/{backup.Id}",
            CreateTime = manifest.TakenAt.ToProto(),
            Position = manifest.Position,
            SizeBytes = manifest.Bytes,
            Sha256 = manifest.Sha256,
            Schema = manifest.Schema,
            ProductVersion = manifest.Product,
            Folder = backup.Folder,
            Districts = { manifest.Districts.Select(d => new V1.BackupDistrict { DistrictId = d.District, StateHash = d.Hash, Readings = d.Readings }) },
        };
    }

    public static V1.BackupStep ToProto(string step) => step == "copy" ? V1.BackupStep.Copy : V1.BackupStep.State;
}
