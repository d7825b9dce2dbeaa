using System.Text;
using System.Text.Json.Nodes;
using SmartCommunity.Cli;
using SmartCommunity.Cli.Files;
using SmartCommunity.Cli.Mappings;
using Xunit;

namespace SmartCommunity.Edge.Tests.Cli;

public sealed class MappingTests
{
    private const string NycHeader = "Unique Key,Created Date,Closed Date,Complaint Type,Descriptor,Incident Address,Community Board,Latitude,Longitude\n";

    [Fact]
    public void A_mote_row_becomes_one_message_of_its_mote()
    {
        var message = Map("suthaharan", "reading,mote_id,indoor,humidity,temperature,label\n12,3,0,45.93,27.97,0\n");
        Assert.Equal(("mote-3", "cells/340104001001001", "telemetry", 2), (message.Device.Id, message.Device.Mount, message.Kind, message.Row));
        Assert.Equal("""{"id":"m3-12","ts":1735689660000,"values":{"humidity":45.93,"temperature":27.97}}""", Encoding.UTF8.GetString(message.Payload));
    }

    [Fact]
    public void A_field_that_is_no_number_is_sent_as_it_is_so_that_the_server_can_say_why()
    {
        var message = Map("suthaharan", "reading,mote_id,indoor,humidity,temperature,label\n1,1,0,NA,,0\n");
        Assert.Equal("""{"humidity":"NA"}""", JsonNode.Parse(message.Payload)!["values"]!.ToJsonString());
    }

    [Fact]
    public void A_hotline_row_becomes_a_report_with_place_class_and_time()
    {
        var message = Map("nyc311", NycHeader + "64345465,3/14/2025 1:20,3/14/2025 1:59,Dead Animal,Raccoon,\"285 COZINE AVENUE, REAR\",05 BROOKLYN,40.65,-73.88\n");
        var report = JsonNode.Parse(message.Payload)!;
        Assert.Equal(("nyc311-gateway", "report", "nyc-64345465"), (message.Device.Id, message.Kind, message.MessageId));
        Assert.Equal("2025-03-14T05:20:00.0000000Z", DateTimeOffset.FromUnixTimeMilliseconds((long)report["ts"]!).UtcDateTime.ToString("O"));
        Assert.Equal(39 * 60_000, (long)report["closedAt"]! - (long)report["ts"]!);
        Assert.Equal("01.02", (string?)report["class"]);
        Assert.Equal("""{"place":"05 BROOKLYN","lon":-73.88,"lat":40.65}""", report["at"]!.ToJsonString());
        Assert.Equal("Dead Animal: Raccoon, 285 COZINE AVENUE, REAR", (string?)report["text"]);
    }

    [Fact]
    public void What_a_hotline_row_does_not_know_is_left_out()
    {
        var report = JsonNode.Parse(Map("nyc311", NycHeader + "1,3/14/2025 1:20,,Unheard Of,x,,05 BROOKLYN,,\n").Payload)!;
        Assert.Equal("""{"place":"05 BROOKLYN"}""", report["at"]!.ToJsonString());
        Assert.Null(report["closedAt"]);
        Assert.Equal("01.99", (string?)report["class"]);
    }

    [Fact]
    public void A_time_in_the_spring_gap_takes_the_offset_before_it()
    {
        var report = JsonNode.Parse(Map("nyc311", NycHeader + "1,3/9/2025 2:30,,Dead Animal,x,,05 BROOKLYN,,\n").Payload)!;
        Assert.Equal("2025-03-09T07:30:00.0000000Z", DateTimeOffset.FromUnixTimeMilliseconds((long)report["ts"]!).UtcDateTime.ToString("O"));
    }

    [Fact]
    public void The_readings_file_maps_whole_and_every_message_has_its_own_id()
    {
        if (SharedFiles.Find("suthaharan_single_hop.csv") is { } file)
        {
            var (messages, ids, devices) = MapAll("suthaharan", file);
            Assert.Equal((18_914, 18_914, 4), (messages, ids, devices));
        }
    }

    [Fact]
    public void The_reports_file_maps_whole_and_every_message_has_its_own_id()
    {
        if (SharedFiles.Find("nyc_311_animals_2025.csv") is { } file)
        {
            var (messages, ids, devices) = MapAll("nyc311", file);
            Assert.Equal((4_969, 4_969, 1), (messages, ids, devices));
        }
    }

    [Theory]
    [InlineData("{", "$")]
    [InlineData("""{"name":"x","surprise":1}""", "surprise")]
    [InlineData("""{"name":"x","messageId":"1","device":{"id":"d","name":"d","mount":"m"},"profile":{"id":"p","name":"p","offlineAfterSeconds":1,"metrics":[]},"time":{"column":"t"}}""", "either")]
    public void A_wrong_mapping_is_told_with_its_place(string text, string hint)
    {
        var failure = Assert.Throws<CliFailure>(() => MappingFile.Parse(new MemoryStream(Encoding.UTF8.GetBytes(text)), "my.json"));
        Assert.Equal(ExitCode.Usage, failure.Code);
        Assert.Contains(hint, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a{b}c", "aBc")]
    [InlineData("{{{b}}}", "{B}")]
    [InlineData("{district}-{b}", "340104-B")]
    public void Places_are_filled_and_doubled_braces_are_braces(string template, string filled) =>
        Assert.Equal(filled, Template.TryParse(template)!.Fill(new(2, new Dictionary<string, int> { ["b"] = 0 }, ["B"]), "340104"));

    [Theory]
    [InlineData("{b")]
    [InlineData("b}")]
    public void An_open_brace_is_no_template(string template) => Assert.Null(Template.TryParse(template));

    private static MappedMessage Map(string mapping, string csv)
    {
        using var folder = new Folder();
        var mapper = new RowMapper(MappingFile.Open(mapping, folder.Path), "340104");
        return mapper.Map(Assert.Single(Table.Open(folder.Write("f.csv", csv), TableForm.Plain, FileLimits.Replay, mapper.Columns).Rows()));
    }

    private static (int Messages, int Ids, int Devices) MapAll(string mapping, string file)
    {
        var mapper = new RowMapper(MappingFile.Open(mapping, "."), "340104");
        var messages = Table.Open(file, TableForm.Plain, FileLimits.Replay, mapper.Columns).Rows().Select(mapper.Map).ToList();
        return (messages.Count, messages.Select(m => (m.Device.Id, m.MessageId)).Distinct().Count(), messages.Select(m => m.Device.Id).Distinct().Count());
    }
}
