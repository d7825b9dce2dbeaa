using System.Globalization;
using Grpc.Core;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;
using SmartCommunity.Storage;

namespace SmartCommunity.Grpc.Readings;

internal sealed class ReadingService(IDirectory directory, IReadings readings) : V1.ReadingService.ReadingServiceBase
{
    private const long MsPerSecond = 1_000;

    public override async Task<V1.ListReadingsResponse> ListReadings(V1.ListReadingsRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var size = Pages.Size(request.PageSize);
        var (afterMs, afterPosition) = ReadToken(request.PageToken);
        var reader = new RequestReader(call.District);
        var from = reader.Instant(request.StartTime, "start_time");
        var to = reader.Instant(request.EndTime, "end_time");
        var device = await DeviceAsync(call, request.Parent, reader);
        var range = new ReadingRange(
            call.DistrictCode,
            device,
            request.Metric.Length == 0 ? null : request.Metric,
            Ms(from) ?? DateTimeOffset.MinValue.ToUnixTimeMilliseconds(),
            Ms(to) ?? DateTimeOffset.MaxValue.ToUnixTimeMilliseconds(),
            size + 1,
            afterMs,
            afterPosition);
        var found = await readings.RangeAsync(range, call.Cancellation);
        return new()
        {
            Readings = { found.Take(size).Select(reading => ToProto(reading, call.District)) },
            NextPageToken = found.Count > size ? Token(found[size - 1]) : string.Empty,
        };
    }

    public override async Task<V1.DownsampleReadingsResponse> DownsampleReadings(V1.DownsampleReadingsRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var reader = new RequestReader(call.District);
        var from = Ms(reader.Instant(request.StartTime, "start_time"));
        var to = Ms(reader.Instant(request.EndTime, "end_time"));
        var bucketMs = reader.Seconds(request.Bucket, "bucket") * MsPerSecond;
        CheckBuckets(reader, from, to, bucketMs);
        var device = await DeviceAsync(call, request.Parent, reader);
        var metric = request.Metric.Length == 0 ? null : request.Metric;
        var range = new ReadingRange(call.DistrictCode, device, metric, from!.Value, to!.Value, ApiLimits.BucketsMax);
        var buckets = await readings.DownsampleAsync(range, bucketMs, call.Cancellation);
        return new() { Buckets = { buckets.Select(ToProto) } };
    }

    /// <summary>The device that the parent names, once everything else about the request is right.</summary>
    private async Task<string> DeviceAsync(EdgeCall call, string parent, RequestReader reader)
    {
        var id = reader.Reference<DeviceId>(parent, ResourceNames.Devices, "parent");
        if (reader.Refusal is { } refusal)
        {
            throw RefusalStatus.ToException(refusal);
        }

        return (await directory.FindAsync<Device>(call, id.ToString(), "parent")).Id.ToString();
    }

    private static void CheckBuckets(RequestReader reader, long? from, long? to, long bucketMs)
    {
        if (from is null)
        {
            reader.Refuse(Answers.Missing("start_time"));
        }
        else if (to is null)
        {
            reader.Refuse(Answers.Missing("end_time"));
        }
        else if (to <= from)
        {
            reader.Refuse(new(RefusalCode.OutOfRange, "end_time", "A range ends after it begins.", "Choose a later end_time."));
        }
        else if (bucketMs <= 0)
        {
            reader.Refuse(new(RefusalCode.OutOfRange, "bucket", "A bucket is at least 1 s long.", "Write it like 60s."));
        }
        else if ((to - from) / bucketMs > ApiLimits.BucketsMax)
        {
            reader.Refuse(new(RefusalCode.TooLarge, "bucket", $"A range holds at most {ApiLimits.BucketsMax} buckets.", "Choose a longer bucket or a shorter range."));
        }
    }

    private static V1.Reading ToProto(StoredReading reading, AreaCode district) => new()
    {
        Device = ResourceNames.Of(district, ResourceNames.Devices, reading.Device),
        Metric = reading.Metric,
        Value = reading.Value,
        EventTime = Shapes.FromMs(reading.AtMs),
        ReceiveTime = Shapes.FromMs(reading.ReceivedMs),
        MessageId = reading.Message ?? string.Empty,
    };

    private static V1.ReadingBucket ToProto(ReadingBucket bucket) => new()
    {
        Metric = bucket.Metric,
        StartTime = Shapes.FromMs(bucket.FromMs),
        Count = bucket.Count,
        Min = bucket.Min,
        Mean = bucket.Mean,
        Max = bucket.Max,
        Last = bucket.Last,
    };

    private static long? Ms(DateTimeOffset? instant) => instant?.ToUnixTimeMilliseconds();

    private static string Token(StoredReading last) => string.Create(CultureInfo.InvariantCulture, $"{last.AtMs}.{last.Position}");

    private static (long? AtMs, long Position) ReadToken(string token)
    {
        if (Pages.Token(token) is null)
        {
            return (null, 0);
        }

        var dot = token.IndexOf('.', StringComparison.Ordinal);
        return dot > 0
            && long.TryParse(token.AsSpan(0, dot), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var atMs)
            && long.TryParse(token.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? (atMs, position)
            : throw RefusalStatus.ToException(Pages.BadToken);
    }
}
