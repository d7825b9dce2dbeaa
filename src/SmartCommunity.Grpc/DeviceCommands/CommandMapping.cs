using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.DeviceCommands;

internal static class CommandMapping
{
    public static FieldNames Names { get; } = new("command", ("name", "command_name"), ("expires", "expire_time"));

    public static FieldNames ByName { get; } = new(string.Empty, ("command", "name"), ("device", "name"));

    public static V1.DeviceCommand ToProto(this DeviceCommand command, AreaCode district) => new()
    {
        Name = ResourceNames.Command(district, command.Device, command.Id),
        CommandName = command.Name,
        Body = Shapes.ToStruct(command.Body),
        ExpireTime = command.ExpiresAt.ToProto(),
        State = (V1.CommandState)command.State,
        IssuedBy = command.IssuedBy,
        IssueTime = command.IssuedAt.ToProto(),
        DeliverTime = command.DeliveredAt.ToProto(),
        EndTime = command.EndedAt.ToProto(),
        Reply = command.Reply is null ? null : Shapes.ToStruct(command.Reply),
        CancelledBy = command.EndedBy ?? string.Empty,
        Note = command.Note ?? string.Empty,
        Area = command.Area.ToString(),
        Number = command.Number,
    };

    public static V1.CommandChange ToProto(CommandEvent happened, AreaCode district)
    {
        var change = happened switch
        {
            CommandIssued e => new V1.CommandChange
            {
                State = V1.CommandState.Issued,
                CommandName = e.Command.Name,
                Body = Shapes.ToStruct(e.Command.Body),
                ExpireTime = e.Command.ExpiresAt.ToProto(),
            },
            CommandDelivered => new() { State = V1.CommandState.Delivered },
            CommandAnswered e => new() { State = V1.CommandState.Answered, Reply = Shapes.ToStruct(e.Reply) },
            CommandExpired e => new() { State = V1.CommandState.Expired, ExpireTime = e.DueAt.ToProto() },
            CommandCancelled e => new() { State = V1.CommandState.Cancelled, By = e.By, Note = e.Note ?? string.Empty },
            CommandUndeliverable e => new() { State = V1.CommandState.Undeliverable, Note = e.Reason },
            _ => throw new ArgumentException($"{happened.GetType().Name} has no public form.", nameof(happened)),
        };
        var (device, id) = happened.Target;
        change.Command = ResourceNames.Command(district, device, id);
        change.Device = ResourceNames.Of(district, ResourceNames.Devices, device.ToString());
        return change;
    }

    /// <summary>The body as compact JSON text. Not-a-number and the infinities have no JSON; the formatter would make texts of them.</summary>
    public static Outcome<string> BodyOf(V1.DeviceCommand command)
    {
        try
        {
            if (command.Body is not null && !command.Body.Fields.Values.All(HasJson))
            {
                return NoJson();
            }

            using var json = JsonDocument.Parse(JsonFormatter.Default.Format(command.Body ?? new Struct()), new() { MaxDepth = Domain.Limits.CommandDepthMax + 2 });
            return JsonSerializer.Serialize(json.RootElement, CompactJson);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or ArgumentException)
        {
            return NoJson();
        }
    }

    private static bool HasJson(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.NumberValue => double.IsFinite(value.NumberValue),
        Value.KindOneofCase.StructValue => value.StructValue.Fields.Values.All(HasJson),
        Value.KindOneofCase.ListValue => value.ListValue.Values.All(HasJson),
        var kind => kind != Value.KindOneofCase.None,
    };

    private static Refusal NoJson() => new(
        RefusalCode.WrongShape, "command.body", "The body has no JSON form: a value is unset or no number, or it nests too deep.", "Send a flat JSON object.");

    private static readonly JsonSerializerOptions CompactJson = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
