using MiniExcelLibs;
using SmartCommunity.Edge.Tests.Cli;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary><c>sc import</c> against the real edge.</summary>
[Collection(GrpcCollection.Name)]
public sealed class ImportFileTests(EdgeHost host)
{
    [Fact]
    public async Task A_workbook_with_Chinese_columns_is_taken_and_taken_again_changes_nothing()
    {
        using var folder = new Folder();
        var id = EdgeHost.Next("x");
        MiniExcel.SaveAs(Path.Combine(folder.Path, "b.xlsx"), new[]
        {
            new { 编号 = id + "1", 名称 = "光明新村1号楼", 经度 = 117.205, 纬度 = 31.805, 层数 = 6 },
            new { 编号 = id + "2", 名称 = "光明新村𠀀号楼", 经度 = 117.206, 纬度 = 31.806, 层数 = 7 },
        });
        Assert.Equal("buildings imported: 2 created, 0 changed, 0 unchanged, 0 refused", (await SayAsync(folder, "buildings", "b.xlsx")).Out.Trim());
        Assert.Equal("buildings imported: 0 created, 0 changed, 2 unchanged, 0 refused", (await SayAsync(folder, "buildings", "b.xlsx")).Out.Trim());
        var stored = await new V1.BuildingService.BuildingServiceClient(host.Channel).GetBuildingAsync(new() { Name = $"{host.Parent}/buildings/{id}2" }, host.Auth);
        Assert.Equal(("光明新村𠀀号楼", 7), (stored.Building.DisplayName, stored.Building.Storeys));
    }

    // Seen to fail with the refused rows left in the second check: the good ones were then not taken.
    [Fact]
    public async Task A_file_with_bad_rows_changes_nothing_or_in_part_keeps_the_good_ones()
    {
        using var folder = new Folder();
        var id = EdgeHost.Next("p");
        folder.Write("b.csv", $"id,name,lon,lat\n{id}1,one,117.205,31.805\n{id}2,two,\"117,2\",31.805\n{id}1,again,117.205,31.805\n{id}3,three,317.205,31.805\n{id}4,four\n{id}5,five,117.206,31.805\n");

        var whole = await SayAsync(folder, "buildings", "b.csv");
        Assert.Equal((1, "buildings refused, nothing was changed: 0 created, 0 changed, 0 unchanged, 3 refused"), (whole.ExitCode, whole.Out.Trim()));

        var part = await SayAsync(folder, "buildings", "b.csv", "--partial", "--errors-out", "errors.csv");
        Assert.Equal(1, part.ExitCode);
        Assert.Equal("buildings imported in part: 2 created, 0 changed, 0 unchanged, 4 refused", part.Out.Trim().Split('\n')[^1]);
        var errors = await File.ReadAllLinesAsync(Path.Combine(folder.Path, "errors.csv"), TestContext.Current.CancellationToken);
        Assert.Equal("row,column,rule,way_out", errors[0]);
        Assert.Equal(["3", "4", "5", "6"], errors[1..].Select(e => e.Split(',')[0]));
        Assert.Contains("\"'117,2' is no number.\"", errors[1], StringComparison.Ordinal);

        var again = await SayAsync(folder, "buildings", "b.csv", "--partial");
        Assert.Equal("buildings imported in part: 0 created, 0 changed, 2 unchanged, 4 refused", again.Out.Trim());
    }

    [Fact]
    public async Task Good_features_of_a_grid_are_kept_and_bad_ones_are_told_by_number()
    {
        using var folder = new Folder();
        string Feature(int cell, double lon, bool open = false) =>
            $$$"""{"type":"Feature","properties":{"code":"340104001001{{{500 + cell}}}"},"geometry":{"type":"Polygon","coordinates":[[[{{{lon}}},31.6],[{{{lon + 0.01}}},31.6],[{{{lon + 0.01}}},31.61]{{{(open ? "" : $",[{lon},31.6]")}}}]]}}""";
        folder.Write("grid.geojson", $$"""{"type":"FeatureCollection","features":[{{Feature(1, 118.1)}},{{Feature(2, 118.2, open: true)}},{"type":"Feature"},{{Feature(4, 118.105)}},{{Feature(5, 118.4)}}]}""");

        var whole = await SayAsync(folder, "cells", "grid.geojson");
        Assert.Equal("cells refused, nothing was changed: 0 created, 0 changed, 0 unchanged, 2 refused", whole.Out.Trim());
        var part = await SayAsync(folder, "cells", "grid.geojson", "--partial");
        Assert.Contains("feature 2", part.Error, StringComparison.Ordinal);
        Assert.Contains("feature 3", part.Error, StringComparison.Ordinal);
        Assert.Equal(1, part.ExitCode);
        Assert.Matches("cells imported in part: [12] created, 0 changed, 0 unchanged, [3-5] refused", part.Out.Trim());

        folder.Write("cut.geojson", $$"""{"type":"FeatureCollection","features":[{{Feature(6, 118.5)}},{"type":"Fea""");
        var cut = await SayAsync(folder, "cells", "cut.geojson", "--partial");
        Assert.Equal("cells refused, nothing was changed: 0 created, 0 changed, 0 unchanged, 1 refused", cut.Out.Trim());
    }

    // Seen to fail with a row without a credential given a new one each time.
    [Fact]
    public async Task Devices_are_taken_with_every_kind_of_credential_and_each_is_told_once()
    {
        using var folder = new Folder();
        var id = EdgeHost.Next("k");
        var mount = (await host.BuildingAsync())[(host.Parent.Length + 1)..];
        var token = new string('t', 20) + id;
        var file = $"id,profile,mount,token,username,password\n{id}1,thermometer,{mount},,,\n{id}2,thermometer,{mount},{token},,\n{id}3,thermometer,{mount},,{id}u3,\n{id}4,thermometer,{mount},,{id}u4,\"correct, horse\"\n";
        folder.Write("d.csv", file);

        var unsaid = await SayAsync(folder, "devices", "d.csv");
        Assert.Contains("4 devices get a token or password that is shown only once", unsaid.Error, StringComparison.Ordinal);
        Assert.Contains("4 created", (await SayAsync(folder, "devices", "d.csv", "--credentials-out", "c.csv")).Out, StringComparison.Ordinal);
        var told = SmartCommunity.Cli.Files.Table.Open(Path.Combine(folder.Path, "c.csv"), SmartCommunity.Cli.Files.TableForm.Plain, SmartCommunity.Cli.Files.FileLimits.Import, "device").Rows().ToList();
        Assert.Equal([(id + "1", 26, "", 0), (id + "2", token.Length, "", 0), (id + "3", 0, id + "u3", 26), (id + "4", 0, id + "u4", 14)], told.Select(r => (r["device"], r["token"].Length, r["username"], r["password"].Length)));
        Assert.Equal((token, "correct, horse"), (told[1]["token"], told[3]["password"]));

        Assert.Equal("devices imported: 0 created, 0 changed, 4 unchanged, 0 refused", (await SayAsync(folder, "devices", "d.csv")).Out.Trim());
        folder.Write("d.csv", file.Replace("correct, horse", "battery, staple", StringComparison.Ordinal));
        Assert.Contains("1 changed, 3 unchanged", (await SayAsync(folder, "devices", "d.csv", "--credentials-out", "c2.csv")).Out, StringComparison.Ordinal);
        Assert.Equal(2, (await File.ReadAllLinesAsync(Path.Combine(folder.Path, "c2.csv"), TestContext.Current.CancellationToken)).Length);
    }

    private Task<CliRun> SayAsync(Folder folder, string kind, string file, params string[] more) =>
        CliRun.SayAsync(folder, ["import", kind, file, "--grpc", host.Channel.Target, "--key", host.Key, "--district", EdgeHost.District, .. more]);
}
