namespace SmartCommunity.Cli.Playing;

/// <summary>What somebody says at a kiosk. Class code: major.minor of the event classes (事件).</summary>
internal sealed record PeoplesReport(string ClassCode, string Text);

/// <summary>Reports as people make them, with the event classes in use: 01 city look, 02 advertising, 03 works, 04 emergencies, 05 street order.</summary>
internal static class PeoplesReports
{
    public static IReadOnlyList<PeoplesReport> All { get; } =
    [
        new("01.02", "楼下垃圾桶满了，垃圾堆在外面"),
        new("01.03", "装修渣土堆在绿化带旁边，好几天没人清"),
        new("01.04", "路面有油污，老人容易滑倒"),
        new("01.06", "草坪被踩秃，到处是狗粪"),
        new("02.01", "单元门上贴满小广告"),
        new("02.05", "店招牌松动，快掉下来了"),
        new("03.01", "工地夜里十一点还在施工，吵得睡不着"),
        new("03.02", "拆迁工地扬尘很大，没有洒水"),
        new("04.01", "小区门口路面塌了一块"),
        new("04.04", "下水道堵塞，污水漫到一楼"),
        new("04.06", "地下车库入口积水"),
        new("05.04", "早餐店把桌子摆到人行道上"),
        new("05.05", "消防通道停了一辆面包车"),
        new("05.07", "楼道里堆满纸箱"),
        new("05.08", "广场舞音响太大"),
    ];
}
