using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Mqtt.Wire;

/// <summary>MQTT 5 reason codes this edge uses (MQTT 5, 2.4).</summary>
internal enum ReasonCode : byte
{
    Success = 0x00,
    NoSubscriptionExisted = 0x11,
    Unspecified = 0x80,
    MalformedPacket = 0x81,
    ProtocolError = 0x82,
    UnsupportedVersion = 0x84,
    ClientIdNotValid = 0x85,
    BadCredential = 0x86,
    NotAuthorised = 0x87,
    ServerUnavailable = 0x88,
    ServerBusy = 0x89,
    ServerShuttingDown = 0x8B,
    BadAuthenticationMethod = 0x8C,
    KeepAliveTimeout = 0x8D,
    SessionTakenOver = 0x8E,
    TopicFilterNotValid = 0x8F,
    TopicNotValid = 0x90,
    PacketIdNotFound = 0x92,
    ReceiveMaximumExceeded = 0x93,
    TopicAliasNotValid = 0x94,
    PacketTooLarge = 0x95,
    QuotaExceeded = 0x97,
    AdministrativeAction = 0x98,
    PayloadNotValid = 0x99,
    SharedSubscriptionsNotSupported = 0x9E,
}

/// <summary>The one place where refusals and outcomes become MQTT reason codes.</summary>
internal static class ReasonCodes
{
    /// <summary>The code of a refusal.</summary>
    public static ReasonCode Of(RefusalCode code) => code switch
    {
        RefusalCode.None => ReasonCode.Success,
        RefusalCode.TooMany => ReasonCode.QuotaExceeded,
        RefusalCode.StoreUnavailable => ReasonCode.ServerBusy,
        RefusalCode.Unauthenticated => ReasonCode.BadCredential,
        RefusalCode.NotAuthorised => ReasonCode.NotAuthorised,
        _ => ReasonCode.PayloadNotValid,
    };

    /// <summary>The code of what became of a message: a repetition is a success, also the second time.</summary>
    public static ReasonCode Of(in MessageOutcome outcome) => outcome.Fate == MessageFate.Quarantined
        ? Of(outcome.Reason?.Code ?? RefusalCode.Malformed)
        : ReasonCode.Success;

    /// <summary>One sentence for a person who looks at the client's log; null when the code says it all.</summary>
    public static string? TextOf(ReasonCode code) => code switch
    {
        ReasonCode.MalformedPacket => "The packet cannot be read: its lengths, flags or properties are not those of MQTT.",
        ReasonCode.ProtocolError => "A packet that may not come here, or one that was never finished.",
        ReasonCode.UnsupportedVersion => "Speak MQTT 3.1.1 or 5.",
        ReasonCode.ClientIdNotValid => "Client id and user name: 1 to 128 characters, none of + # / and no control characters.",
        ReasonCode.BadCredential => "Give the device's token as user name, or its id as user name and the token as password.",
        ReasonCode.NotAuthorised => "A device has its own topics only; its last will is a message on its state topic.",
        ReasonCode.ServerUnavailable => "The device could not be looked up. Try again in a moment.",
        ReasonCode.ServerBusy => "The store takes nothing now. Connect again and send again what was not acknowledged.",
        ReasonCode.ServerShuttingDown => "The server stops. Connect again in a moment.",
        ReasonCode.BadAuthenticationMethod => "Enhanced authentication is not offered.",
        ReasonCode.KeepAliveTimeout => "Nothing was heard for one and a half times the keep-alive.",
        ReasonCode.SessionTakenOver => "The same client id has connected again.",
        ReasonCode.TopicNotValid => "No such topic; docs/mqtt.md lists them.",
        ReasonCode.ReceiveMaximumExceeded => "More unacknowledged messages than the Receive Maximum of CONNACK.",
        ReasonCode.TopicAliasNotValid => "The topic alias is 0, beyond the Topic Alias Maximum of CONNACK, or was not set on this connection.",
        ReasonCode.PacketTooLarge => "The packet is larger than the Maximum Packet Size of CONNACK.",
        ReasonCode.AdministrativeAction => "The device was revoked.",
        _ => null,
    };

    /// <summary>The MQTT 3.1.1 CONNACK return code that says most nearly the same (MQTT 3.1.1, 3.2.2.3).</summary>
    public static byte ToConnectReturnCode(ReasonCode code) => code switch
    {
        ReasonCode.Success => 0,
        ReasonCode.UnsupportedVersion => 1,
        ReasonCode.ClientIdNotValid => 2,
        ReasonCode.BadCredential => 4,
        ReasonCode.NotAuthorised => 5,
        _ => 3,
    };
}
