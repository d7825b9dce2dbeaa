using System.IO.Compression;
using System.Text;
using MiniExcelLibs;
using SmartCommunity.Cli.Files;
using Xunit;

namespace SmartCommunity.Edge.Tests.Cli;

public sealed class WorkbookTests
{
    private static readonly FileLimits Small = new(64 * 1024, 3, 4, 20);
    private static readonly TableForm Chinese = new(Names: ColumnNames.Chinese);

    [Fact]
    public void Codes_numbers_dates_and_truths_of_a_sheet_read_as_a_person_sees_them()
    {
        using var folder = new Folder();
        var path = Save(folder, ["编号", "name", "value", "day", "open"], [340104003012005L, "𠀀楼", 0.0000012, new DateTime(2026, 1, 2), true], [], ["b2", "", 1e15, new DateTime(2026, 1, 2, 3, 4, 5), false]);
        var rows = Table.Open(path, Chinese, FileLimits.Import, "id", "name").Rows().ToList();
        Assert.Equal(
            [(2, "340104003012005", "𠀀楼", "0.0000012", "2026-01-02", "true"), (4, "b2", "", "1000000000000000", "2026-01-02T03:04:05", "false")],
            rows.Select(r => (r.Number, r["id"], r["name"], r["value"], r["day"], r["open"])));
    }

    [Fact]
    public void A_sheet_is_chosen_by_name_and_a_missing_one_is_told_with_those_that_are_there()
    {
        using var folder = new Folder();
        var path = Path.Combine(folder.Path, "two.xlsx");
        object Sheet(string id) => new[] { new { id, name = "x" } };
        MiniExcel.SaveAs(path, new Dictionary<string, object> { ["楼栋"] = Sheet("b1"), ["其他"] = Sheet("b2") });
        Assert.Equal("b1", Table.Open(path, TableForm.Plain, FileLimits.Import, "id").Rows().Single()["id"]);
        Assert.Equal("b2", Table.Open(path, new(Sheet: "其他"), FileLimits.Import, "id").Rows().Single()["id"]);
        var bad = Assert.Throws<BadFileException>(() => Table.Open(path, new(Sheet: "没有"), FileLimits.Import, "id")).Error;
        Assert.Equal("The workbook has: 楼栋, 其他.", bad.WayOut);
    }

    [Fact]
    public void A_formula_error_is_refused_with_its_row()
    {
        using var folder = new Folder();
        var path = Save(folder, ["id", "name"], ["b1", "one"], ["b2", "#REF!"]);
        var bad = Assert.Throws<BadFileException>(() => Table.Open(path, TableForm.Plain, FileLimits.Import, "id").Rows().Count()).Error;
        Assert.Equal((3, "Column 2 holds the error #REF!."), (bad.Row, bad.Rule));
    }

    [Fact]
    public void A_sheet_has_the_limits_of_any_table()
    {
        using var folder = new Folder();
        Assert.Equal(3, Table.Open(Save(folder, ["id", "a", "b", "c"], ["1"], ["2"], ["3"]), TableForm.Plain, Small, "id").Rows().Count());
        Assert.Contains("more than 3 rows", Assert.Throws<BadFileException>(() => Table.Open(Save(folder, ["id"], ["1"], ["2"], ["3"], ["4"]), TableForm.Plain, Small, "id").Rows().Count()).Error.Rule, StringComparison.Ordinal);
        Assert.Contains("more than 4 columns", Assert.Throws<BadFileException>(() => Table.Open(Save(folder, ["id", "a", "b", "c", "d"]), TableForm.Plain, Small, "id")).Error.Rule, StringComparison.Ordinal);
        Assert.Contains("longer than 20", Assert.Throws<BadFileException>(() => Table.Open(Save(folder, ["id"], [new string('x', 21)]), TableForm.Plain, Small, "id").Rows().Count()).Error.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void A_workbook_that_unpacks_to_more_than_allowed_is_refused_whatever_it_says_of_itself()
    {
        using var folder = new Folder();
        var path = Save(folder, ["id"], ["b1"]);
        using (var archive = ZipFile.Open(path, ZipArchiveMode.Update))
        using (var part = archive.CreateEntry("xl/media/zero.bin", CompressionLevel.SmallestSize).Open())
        {
            part.Write(new byte[(Small.BytesMax * XlsxSheet.UnpackedTimesMax) + 1]);
        }

        Assert.InRange(new FileInfo(path).Length, 1, Small.BytesMax);
        Assert.Contains("Unpacked", Assert.Throws<BadFileException>(() => Table.Open(path, TableForm.Plain, Small, "id")).Error.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void A_workbook_of_the_old_kind_is_told_from_a_damaged_one()
    {
        using var folder = new Folder();
        var old = folder.Write("old.xls", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
        Assert.Contains("old kind", Assert.Throws<BadFileException>(() => Table.Open(old, TableForm.Plain, FileLimits.Import, "id")).Error.Rule, StringComparison.Ordinal);
        var zip = folder.Write("cut.xlsx", File.ReadAllBytes(Save(folder, ["id"], ["b1"]))[..300]);
        Assert.Contains("damaged", Assert.Throws<BadFileException>(() => Table.Open(zip, TableForm.Plain, FileLimits.Import, "id")).Error.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void A_thousand_damaged_workbooks_are_read_or_refused_and_nothing_else()
    {
        using var folder = new Folder();
        var random = new Random(3);
        var good = File.ReadAllBytes(Save(folder, ["id", "name"], ["b1", 1.5], ["b2", true]));
        var loose = Unpacked(good);
        var (read, refused) = (0, 0);
        for (var i = 0; i < 1000; i++)
        {
            // Half of them damaged inside their parts, where a packed byte would only break the checksum.
            var bytes = (i % 2 == 0 ? good : loose).ToArray();
            for (var n = random.Next(1, 6); n > 0; n--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                read += Table.Open(folder.Write("m.xlsx", bytes), TableForm.Plain, FileLimits.Import, "id").Rows([]).Count() >= 0 ? 1 : 0;
            }
            catch (BadFileException bad)
            {
                refused++;
                Assert.NotEmpty(bad.Error.WayOut);
            }
        }

        Assert.True(read > 0 && refused > 0, $"read {read}, refused {refused}");
    }

    [Fact]
    public void A_Chinese_file_is_read_as_GB18030_when_that_is_said()
    {
        using var folder = new Folder();
        var bytes = CodePagesEncodingProvider.Instance.GetEncoding("gb18030")!.GetBytes("编号,名称\nb1,光明新村𠀀\n");
        var path = folder.Write("gbk.csv", bytes);
        Assert.Equal("光明新村𠀀", Table.Open(path, Chinese with { Encoding = TextEncoding.Gb18030 }, FileLimits.Import, "id", "name").Rows().Single()["name"]);
        var refused = Assert.Throws<BadFileException>(() => Table.Open(path, Chinese, FileLimits.Import, "id")).Error;
        Assert.StartsWith("It looks like GB18030 (“编号”): add --encoding gb18030.", refused.WayOut, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_neither_is_refused_with_its_byte_and_no_guess()
    {
        using var folder = new Folder();
        var latin = folder.Write("latin.csv", Encoding.Latin1.GetBytes("id,name\nb1,Caf\u00e9\n"));
        Assert.DoesNotContain("looks like", Assert.Throws<BadFileException>(() => Table.Open(latin, TableForm.Plain, FileLimits.Import, "id")).Error.WayOut, StringComparison.Ordinal);
        var cut = folder.Write("cut.csv", [.. "id\nb"u8, 0xCA]);
        Assert.Equal("The file is not GB18030: byte 0xCA at offset 4 (line 2).", Assert.Throws<BadFileException>(() => Table.Open(cut, new(TextEncoding.Gb18030), FileLimits.Import, "id")).Error.Rule);
    }

    private static string Save(Folder folder, params object[][] rows)
    {
        var path = Path.Combine(folder.Path, Guid.NewGuid().ToString("N") + ".xlsx");
        var width = rows.Max(r => r.Length);
        MiniExcel.SaveAs(path, rows.Select(r => Enumerable.Range(0, width).ToDictionary(i => "c" + i, i => i < r.Length ? r[i] : null)), printHeader: false);
        return path;
    }

    /// <summary>The same workbook with its parts stored as they are.</summary>
    private static byte[] Unpacked(byte[] workbook)
    {
        using var target = new MemoryStream();
        using (var copy = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true))
        using (var source = new ZipArchive(new MemoryStream(workbook)))
        {
            foreach (var entry in source.Entries)
            {
                using var from = entry.Open();
                using var to = copy.CreateEntry(entry.FullName, CompressionLevel.NoCompression).Open();
                from.CopyTo(to);
            }
        }

        return target.ToArray();
    }
}
