namespace SmartCommunity.Cli.Files;

/// <summary>The Chinese names a column may have instead of its own.</summary>
internal static class ColumnNames
{
    public static IReadOnlyDictionary<string, string> Chinese { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["编号"] = "id",
        ["名称"] = "name",
        ["姓名"] = "name",
        ["经度"] = "lon",
        ["纬度"] = "lat",
        ["地址"] = "address",
        ["层数"] = "storeys",
        ["户数"] = "households",
        ["楼长"] = "captain",
        ["区域"] = "area",
        ["电话"] = "phone",
        ["特长"] = "skills",
        ["党员"] = "party_member",
        ["型号"] = "profile",
        ["安装位置"] = "mount",
        ["网关"] = "gateway",
        ["令牌"] = "token",
        ["用户名"] = "username",
        ["密码"] = "password",
    };
}
