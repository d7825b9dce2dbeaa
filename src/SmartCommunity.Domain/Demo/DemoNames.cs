using SmartCommunity.Domain.Areas;

namespace SmartCommunity.Domain.Demo;

/// <summary>Names of the demo district. Streets and towns are the real ones of Shushan District; everything below them is made up.</summary>
internal static class DemoNames
{
    public const string District = "340104";
    public const string DistrictName = "蜀山区";

    /// <summary>Codes and names: modood/Administrative-divisions-of-China.</summary>
    public static readonly (string Code, string Name)[] Streets =
    [
        ("340104001", "三里庵街道"),
        ("340104002", "稻香村街道"),
        ("340104003", "琥珀街道"),
        ("340104004", "南七街道"),
        ("340104005", "西园街道"),
        ("340104006", "五里墩街道"),
        ("340104007", "荷叶地街道"),
        ("340104008", "笔架山街道"),
        ("340104100", "井岗镇"),
        ("340104101", "南岗镇"),
        ("340104102", "小庙镇"),
        ("340104400", "蜀山新产业园区"),
    ];

    public static readonly string[] Skills =
        ["first-aid", "mediation", "electrician", "patrol", "elder-care", "translation", "plumbing", "photography"];

    private static readonly string[] CommunityFirst = ["翠", "金", "望", "清", "春", "锦", "银", "紫"];
    private static readonly string[] CommunitySecond = ["竹", "桂", "湖", "溪", "园", "苑"];
    private static readonly string[] Surnames = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "𠮷"];
    private static readonly string[] Given = ["建国", "桂英", "秀兰", "志强", "丽华", "海燕", "国庆", "晓明", "玉珍", "文杰", "春梅", "永福"];

    /// <summary>One of 48, by number.</summary>
    public static string Community(int number) =>
        CommunityFirst[number % CommunityFirst.Length] + CommunitySecond[number / CommunityFirst.Length % CommunitySecond.Length] + "社区";

    public static string Person(int number) => Surnames[number % Surnames.Length] + Given[number * 7 % Given.Length];

    /// <summary>The part of a code below the district; what demo ids are made of.</summary>
    public static string Local(AreaCode code) => code.ToString()[District.Length..];
}
