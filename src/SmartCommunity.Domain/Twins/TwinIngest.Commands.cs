using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Views;

namespace SmartCommunity.Domain.Twins;

/// <summary>What devices say of commands.</summary>
internal sealed partial class TwinIngest
{
    /// <summary>The first answer to an open command ends it; the same answer again is a repetition, also after the end.</summary>
    private MessageOutcome CommandReply(in DeviceMessage message, DeviceDraft draft)
    {
        if (CommandBody.Judge(message.Body, string.Empty, Limits.CommandReplyBytesMax) is { } bad)
        {
            return Quarantine(message, draft, bad);
        }

        var ask = new KeyAsk(KeyScopes.CommandReply, MessageKey.StoredKeyOf(message));
        if (!CommandId.TryParse(message.MessageId, out var id) || CommandTrack.Find(draft.Commands, id) is null)
        {
            return Stored(ask) is not { } first ? Quarantine(message, draft, CommandDecider.NotOpen())
                : first == message.Fingerprint ? new(MessageFate.Duplicate)
                : Quarantine(message, draft, AnsweredBefore());
        }

        Take(ask, message.Fingerprint);
        var device = draft.Slot.Device;
        scratch.GoOnline(draft, message.MessageId);
        scratch.Change(draft, new CommandAnswered(device.Id, id, message.Body!), scratch.NowMs, "device:" + device.Id, message.MessageId);
        return new(MessageFate.Accepted);
    }

    /// <summary>A receipt for what is not open, or was delivered before, changes nothing.</summary>
    private MessageOutcome CommandReceipt(in DeviceMessage message, DeviceDraft? draft)
    {
        if (draft is null || !CommandId.TryParse(message.MessageId, out var id) || CommandTrack.Find(draft.Commands, id) is not { State: CommandState.Issued })
        {
            return new(MessageFate.Duplicate);
        }

        var device = draft.Slot.Device.Id;
        CommandEvent happened = message.Body is { } reason ? new CommandUndeliverable(device, id, reason) : new CommandDelivered(device, id);
        scratch.Change(draft, happened, scratch.NowMs, "device:" + device, message.MessageId);
        return new(MessageFate.Accepted);
    }

    private static Refusal AnsweredBefore() => new(
        RefusalCode.Conflict, "command", "The command was answered before with another content; the first answer stands.", "Answer a command once.");
}
