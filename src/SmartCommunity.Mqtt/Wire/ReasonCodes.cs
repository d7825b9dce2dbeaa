using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Mqtt.Wire;

/// <summary>MQTT 5 reason codes this edge uses (MQTT 5, 2.4).</summary>
internal enum ReasonCode : byte
{
    Success = 0x00,
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
