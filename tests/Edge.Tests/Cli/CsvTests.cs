using System.Text;
using System.Text.Json;
using SmartCommunity.Cli.Files;
using Xunit;

namespace SmartCommunity.Edge.Tests.Cli;

public sealed class CsvTests
{
    private static readonly FileLimits Small = new(4096, 3, 4, 20);

    [Fact]
    public void Every_file_of_csv_spectrum_reads_as_its_json_says()
    {
        if (SharedFiles.Find("csv-spectrum", "csvs") is not { } folder)
        {
            return;
        }

        // The JSON of location_coordinates tells of another number than its CSV: that file is only read.
        var files = Directory.GetFiles(folder, "*.csv").Where(f => !f.EndsWith("location_coordinates.csv", StringComparison.Ordinal)).ToList();
        Assert.Contains("36'37.8\"N", Assert.Single(Table.Open(Path.Combine(folder, "location_coordinates.csv"), TableForm.Plain, FileLimits.Import).Rows())["Location Coordinates"], StringComparison.Ordinal);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var meant = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "..", "json", Path.GetFileNameWithoutExtension(file) + ".json"))).RootElement;
            var table = Table.Open(file, TableForm.Plain, FileLimits.Import);
            var rows = table.Rows().ToList();
            Assert.Equal(meant.GetArrayLength(), rows.Count);
            foreach (var (row, expected) in rows.Zip(meant.EnumerateArray()))
            {
                foreach (var property in expected.EnumerateObject())
                {
                    Assert.Equal(property.Value.ToString().ReplaceLineEndings(), row[property.Name].ReplaceLineEndings());
                }
            }
        }
    }

    [Fact]
    public void A_newline_inside_quotes_does_not_shift_the_row_numbers()
    {
        var rows = Read("\uFEFFid,name\r\nb1,\"two\nlines, and a \"\"quote\"\"\"\r\n\r\nb2,𠀀楼\r\n");
        Assert.Equal([(2, "b1", "two\nlines, and a \"quote\""), (3, "b2", "𠀀楼")], rows);
    }

    [Theory]
    [InlineData("id,name\nb1", 2, "columns")]
    [InlineData("id,name\nb1,x,y", 2, "columns")]
    [InlineData("id,name\nb1,\"open", 2, "never closed")]
    [InlineData("id,name\nb1,\"a\"b", 2, "closing quote")]
    [InlineData("id,other\nb1,a", 1, "missing")]
    [InlineData("id,name,id\nb1,a,b", 1, "twice")]
    [InlineData("", 0, "empty")]
    [InlineData("id,name,a,b,c\n", 1, "more than 4 columns")]
    [InlineData("id,name\n1,a\n2,a\n3,a\n4,a", 5, "more than 3 rows")]
    [InlineData("id,name\n1,aaaaaaaaaaaaaaaaaaaaa", 2, "longer than 20")]
    public void A_file_that_is_no_table_is_refused_with_its_row(string text, int row, string rule)
    {
        var bad = Assert.Throws<BadFileException>(() => Read(text, Small));
        Assert.Equal(row, bad.Error.Row);
        Assert.Contains(rule, bad.Error.Rule, StringComparison.Ordinal);
        Assert.NotEmpty(bad.Error.WayOut);
    }

    [Fact]
    public void Exactly_as_many_rows_and_columns_as_allowed_are_read() =>
        Assert.Equal(3, ReadTable("id,name,a,b\n1,aaaaaaaaaaaaaaaaaaaa,,\n2,,,\n3,,,", Small).Count);

    [Fact]
    public void A_row_of_a_million_columns_is_refused_at_the_limit()
    {
        var bad = Assert.Throws<BadFileException>(() => Read("id,name\n" + new string(',', 1_000_000), FileLimits.Import));
        Assert.Equal((2, $"The row has more than {FileLimits.Import.ColumnsMax} columns."), (bad.Error.Row, bad.Error.Rule));
    }

    [Fact]
    public void A_file_one_byte_too_large_is_refused_before_it_is_read()
    {
        using var folder = new Folder();
        Assert.Throws<BadFileException>(() => TextFile.Utf8(folder.Write("a.csv", new byte[4097]), Small));
        Assert.Equal(4096, TextFile.Utf8(folder.Write("b.csv", new byte[4096]), Small).Length);
    }

    // Seen to fail with Encoding.UTF8.GetString alone, which puts U+FFFD in place of the byte.
    [Fact]
    public void A_file_in_another_encoding_is_refused_with_byte_and_line()
    {
        using var folder = new Folder();
        var gbk = new byte[] { (byte)'i', (byte)'d', (byte)'\n', 0xCA, 0xF1, (byte)'\n' };
        var bad = Assert.Throws<BadFileException>(() => TextFile.Utf8(folder.Write("gbk.csv", gbk), FileLimits.Import)).Error;
        Assert.Equal("The file is not UTF-8: byte 0xCA at offset 3 (line 2).", bad.Rule);
        Assert.Contains("GB18030", bad.WayOut, StringComparison.Ordinal);
        Assert.Contains("offset 5", Assert.Throws<BadFileException>(() => TextFile.Utf8(folder.Write("l1.csv", Encoding.Latin1.GetBytes("id\nCaf\u00e9"[1..])), FileLimits.Import)).Error.Rule, StringComparison.Ordinal);
        Assert.Contains("UTF-16", Assert.Throws<BadFileException>(() => TextFile.Utf8(folder.Write("u16.csv", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("id")]), FileLimits.Import)).Error.Rule, StringComparison.Ordinal);
    }

    private static List<(int Row, string Id, string Name)> Read(string text, FileLimits? limits = null) =>
        [.. ReadTable(text, limits).Select(r => (r.Number, r["id"], r["name"]))];

    private static List<TableRow> ReadTable(string text, FileLimits? limits)
    {
        using var folder = new Folder();
        return [.. Table.Open(folder.Write("t.csv", text), TableForm.Plain, limits ?? FileLimits.Import, "id", "name").Rows()];
    }
}
