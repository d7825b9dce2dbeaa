using System.Net;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary>Twins, readings, alarms, reports, quarantine: what devices cause, as callers see it.</summary>
[Collection(GrpcCollection.Name)]
public sealed class LiveTests(EdgeHost host)
{
    private static readonly DateTimeOffset Noon = new(DateTimeOffset.UtcNow.Date, TimeSpan.Zero);

    private readonly V1.ReadingService.ReadingServiceClient readings = new(host.Channel);
    private readonly V1.TwinService.TwinServiceClient twins = new(host.Channel);
    private readonly V1.AlarmService.AlarmServiceClient alarms = new(host.Channel);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact, Covers("ReadingService.ListReadings")]
    public async Task Readings_are_paged_by_event_time_with_the_id_of_their_message()
    {
        var device = await host.DeviceAsync();
        for (var i = 0; i < 5; i++)
        {
            await host.SendAsync(device, Noon.AddMinutes(-10 + i), 20 + i, $"m{i}");
        }

        var request = new V1.ListReadingsRequest { Parent = device.Name, PageSize = 2, StartTime = Timestamp.FromDateTimeOffset(Noon.AddMinutes(-10)), EndTime = Timestamp.FromDateTimeOffset(Noon.AddMinutes(-6)) };
        var values = new List<(double, string)>();
        do
        {
            var page = await readings.ListReadingsAsync(request, host.Auth);
            values.AddRange(page.Readings.Select(r => (r.Value, r.MessageId)));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        Assert.Equal([(20, "m0"), (21, "m1"), (22, "m2"), (23, "m3")], values);

        using var rest = await host.SendAsync(HttpMethod.Get, $"/v1/{device.Name}/readings?startTime={Noon.AddMinutes(-6):yyyy-MM-ddTHH:mm:ssZ}&metric=temperature");
        var text = await rest.Content.ReadAsStringAsync(Cancellation);
        Assert.True(rest.IsSuccessStatusCode, text);
        using var body = JsonDocument.Parse(text);
        var only = body.RootElement.GetProperty("readings").EnumerateArray().Single();
        Assert.Equal(("m4", 24.0), (only.GetProperty("messageId").GetString(), only.GetProperty("value").GetDouble()));
        await Errors.RefusedAsync(
            readings.ListReadingsAsync(new() { Parent = device.Name, PageToken = "1.x" }, host.Auth), StatusCode.InvalidArgument, "BAD_CURSOR", "page_token");
        await Errors.RefusedAsync(
            readings.ListReadingsAsync(new() { Parent = device.Name, StartTime = new() { Seconds = long.MaxValue } }, host.Auth), StatusCode.InvalidArgument, "OUT_OF_RANGE", "start_time");
    }

    [Fact, Covers("ReadingService.DownsampleReadings")]
    public async Task Buckets_tell_min_mean_max_last_and_count()
    {
        var device = await host.DeviceAsync();
        foreach (var (second, value) in new[] { (0, 10.0), (20, 40.0), (40, 25.0), (60, 5.0) })
        {
            await host.SendAsync(device, Noon.AddSeconds(second - 600), value, $"m{second}");
        }

        var request = new V1.DownsampleReadingsRequest
        {
            Parent = device.Name, StartTime = Timestamp.FromDateTimeOffset(Noon.AddMinutes(-10)), EndTime = Timestamp.FromDateTimeOffset(Noon), Bucket = new() { Seconds = 60 },
        };
        var buckets = (await readings.DownsampleReadingsAsync(request, host.Auth)).Buckets;
        Assert.Equal([(10, 25, 40, 25, 3L), (5, 5, 5, 5, 1L)], buckets.Select(b => (b.Min, b.Mean, b.Max, b.Last, b.Count)));
        Assert.Equal(request.StartTime, buckets[0].StartTime);

        using var rest = await host.SendAsync(
            HttpMethod.Get, $"/v1/{device.Name}/readings:downsample?startTime={Noon.AddMinutes(-10):yyyy-MM-ddTHH:mm:ssZ}&endTime={Noon:yyyy-MM-ddTHH:mm:ssZ}&bucket=60s");
        Assert.True(rest.IsSuccessStatusCode, await rest.Content.ReadAsStringAsync(Cancellation));
        request.Bucket = new();
        await Errors.RefusedAsync(readings.DownsampleReadingsAsync(request, host.Auth), StatusCode.InvalidArgument, "OUT_OF_RANGE", "bucket");
        request.Bucket = new() { Seconds = 1 };
        request.EndTime = Timestamp.FromDateTimeOffset(Noon.AddMinutes(-10).AddSeconds(10_000));
        await readings.DownsampleReadingsAsync(request, host.Auth);
        request.EndTime = Timestamp.FromDateTimeOffset(Noon.AddMinutes(-10).AddSeconds(10_001));
        await Errors.RefusedAsync(readings.DownsampleReadingsAsync(request, host.Auth), StatusCode.ResourceExhausted, "TOO_LARGE", "bucket");
        request.EndTime = request.StartTime;
        await Errors.RefusedAsync(readings.DownsampleReadingsAsync(request, host.Auth), StatusCode.InvalidArgument, "OUT_OF_RANGE", "end_time");
    }

    [Fact, Covers("TwinService.GetTwin", "TwinService.ListTwins")]
    public async Task A_twin_is_told_now_and_as_it_was()
    {
        var device = await host.DeviceAsync();
        await host.SendAsync(device, Noon.AddMinutes(-2), 21, "m1");
        var before = (await twins.GetTwinAsync(new() { Name = $"{device.Mount}/twin" }, host.Auth)).Twin;
        Assert.Equal((21, "m1"), (before.Sensors.Single().Values.Single().Value, before.Sensors[0].Values[0].MessageId));
        Assert.True(before.Sensors[0].Online);
        await host.SendAsync(device, Noon.AddMinutes(-1), 22, "m2", before.AsOfTime.ToDateTimeOffset().AddSeconds(1));

        var now = (await twins.GetTwinAsync(new() { Name = $"{device.Mount}/twin" }, host.Auth)).Twin;
        Assert.Equal(22, now.Sensors[0].Values[0].Value);
        var then = (await twins.GetTwinAsync(new() { Name = $"{device.Mount}/twin", ReadTime = before.AsOfTime }, host.Auth)).Twin;
        Assert.Equal(21, then.Sensors[0].Values[0].Value);
        using var rest = await host.SendAsync(HttpMethod.Get, $"/v1/{device.Mount}/twin?readTime={Uri.EscapeDataString(before.AsOfTime.ToDateTimeOffset().ToString("O", System.Globalization.CultureInfo.InvariantCulture))}");
        var text = await rest.Content.ReadAsStringAsync(Cancellation);
        Assert.True(rest.IsSuccessStatusCode, text);
        Assert.Contains("\"value\":21", text.Replace(" ", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);

        var names = new List<string>();
        var request = new V1.ListTwinsRequest { Parent = host.Parent, Area = $"{EdgeHost.District}001001", PageSize = 2 };
        do
        {
            var page = await twins.ListTwinsAsync(request, host.Auth);
            names.AddRange(page.Twins.Select(t => t.Name));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        Assert.Contains($"{device.Mount}/twin", names);
        Assert.Contains($"{host.Parent}/cells/{EdgeHost.District}001001001/twin", names);
        Assert.Equal(names.Count, names.Distinct().Count());
        await Errors.RefusedAsync(
            twins.GetTwinAsync(new() { Name = $"{host.Parent}/buildings/nobody/twin" }, host.Auth), StatusCode.NotFound, "NOT_FOUND", "name");
    }

    [Fact, Covers("AlarmService.ListAlarms", "AlarmService.GetAlarm", "AlarmService.AcknowledgeAlarm", "AlarmService.CloseAlarm")]
    public async Task An_alarm_is_raised_acknowledged_and_closed_once()
    {
        var profile = (await new V1.ProfileService.ProfileServiceClient(host.Channel).CreateProfileAsync(
            new() { Parent = host.Parent, ProfileId = EdgeHost.Next("p"), Profile = Sample.Profile() }, host.Auth)).Profile.Name;
        await new V1.RuleService.RuleServiceClient(host.Channel).CreateRuleAsync(new() { Parent = host.Parent, RuleId = EdgeHost.Next("r"), Rule = Sample.Rule(profile) }, host.Auth);
        var device = (await new V1.DeviceService.DeviceServiceClient(host.Channel).CreateDeviceAsync(
            new() { Parent = host.Parent, DeviceId = EdgeHost.Next("d"), Device = Sample.Device(await host.BuildingAsync(), profile) }, host.Auth)).Device;
        await host.SendAsync(device, Noon.AddMinutes(-1), 90, "hot");

        var listed = await alarms.ListAlarmsAsync(
            new() { Parent = host.Parent, Status = V1.AlarmStatus.Open, Level = V1.AlarmLevel.Critical, Area = device.Area }, host.Auth);
        var alarm = listed.Alarms.Single(a => a.Device == device.Name);
        Assert.Equal((90, device.Mount), (alarm.Value, alarm.Mount));
        await Errors.RefusedAsync(
            alarms.AcknowledgeAlarmAsync(new() { Name = alarm.Name, Note = new string('x', 1001) }, host.Auth), StatusCode.ResourceExhausted, "TOO_LARGE", "note");
        var seen = (await alarms.AcknowledgeAlarmAsync(new() { Name = alarm.Name, Note = "去看看", RequestId = "ack-1" }, host.Auth)).Alarm;
        Assert.Equal((V1.AlarmStatus.Acknowledged, "去看看"), (seen.Status, seen.Note));
        Assert.Equal(seen, (await alarms.AcknowledgeAlarmAsync(new() { Name = alarm.Name, Note = "去看看", RequestId = "ack-1" }, host.Auth)).Alarm);

        using var closed = await host.SendAsync(HttpMethod.Post, $"/v1/{alarm.Name}:close", "{\"note\":\"已处理\"}");
        Assert.Equal(HttpStatusCode.OK, closed.StatusCode);
        Assert.Equal(V1.AlarmStatus.Closed, (await alarms.GetAlarmAsync(new() { Name = alarm.Name }, host.Auth)).Alarm.Status);
        await Errors.RefusedAsync(alarms.CloseAlarmAsync(new() { Name = alarm.Name }, host.Auth), StatusCode.FailedPrecondition, "WRONG_STATE");
        await Errors.RefusedAsync(alarms.CloseAlarmAsync(new() { Name = $"{host.Parent}/alarms/none" }, host.Auth), StatusCode.NotFound, "NOT_FOUND", "name");
    }

    [Fact, Covers("ReportService.GetReport", "ReportService.ListReports")]
    public async Task A_report_is_found_by_a_name_that_may_hold_any_message_id()
    {
        var device = await host.DeviceAsync();
        const string Id = "2026/11/a b";
        var outcomes = await host.SendAsync(device, Message(device, MessageKind.Report, Id) with
        {
            Body = "{\"id\":\"2026/11/a b\",\"class\":\"02.03\",\"text\":\"路灯不亮\",\"channel\":\"kiosk\",\"at\":{\"lon\":117.205,\"lat\":31.805}}",
        });
        Assert.Equal(MessageFate.Accepted, outcomes.Single().Fate);
        var reports = new V1.ReportService.ReportServiceClient(host.Channel);
        var listed = await reports.ListReportsAsync(new() { Parent = host.Parent, Area = device.Area }, host.Auth);
        var report = listed.Reports.Single(r => r.Device == device.Name);
        Assert.Equal(("路灯不亮", $"{EdgeHost.District}001001001"), (report.Text, report.Cell));
        Assert.EndsWith(Id, report.Name, StringComparison.Ordinal);
        Assert.Equal(report, (await reports.GetReportAsync(new() { Name = report.Name }, host.Auth)).Report);
        using var rest = await host.SendAsync(HttpMethod.Get, $"/v1/{report.Name.Replace(" ", "%20", StringComparison.Ordinal)}");
        Assert.Equal(HttpStatusCode.OK, rest.StatusCode);
    }

    [Fact, Covers("QuarantineService.GetQuarantinedMessage", "QuarantineService.ListQuarantinedMessages")]
    public async Task A_message_in_quarantine_tells_its_reason()
    {
        var device = await host.DeviceAsync();
        await host.SendAsync(device, Noon.AddMinutes(-1), 1, "fine");
        var outcomes = await host.SendAsync(device, Message(device, MessageKind.Telemetry, "bad") with
        {
            Rejected = new(Domain.Refusals.RefusalCode.NotJson, "$.values", "The payload is no JSON at byte 7.", "Send JSON."), Body = "{\"id\":x",
        });
        Assert.Equal(MessageFate.Quarantined, outcomes.Single().Fate);
        var quarantine = new V1.QuarantineService.QuarantineServiceClient(host.Channel);
        var listed = await quarantine.ListQuarantinedMessagesAsync(new() { Parent = host.Parent, Device = device.Name }, host.Auth);
        var entry = listed.QuarantinedMessages.Single();
        Assert.Equal(("NOT_JSON", "{\"id\":x", V1.MessageKind.Telemetry), (entry.Reason, entry.Excerpt, entry.Kind));
        Assert.Equal(entry, (await quarantine.GetQuarantinedMessageAsync(new() { Name = entry.Name }, host.Auth)).QuarantinedMessage);
    }

    private static DeviceMessage Message(V1.Device device, MessageKind kind, string id) => new()
    {
        Device = DeviceId.Parse(device.Name.Split('/')[^1]),
        Kind = kind,
        MessageId = id,
        AtMs = Noon.ToUnixTimeMilliseconds(),
        ReceivedMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
        Values = [],
        Fingerprint = (ulong)id.Length,
    };
}
