namespace SmartCommunity.Domain.Refusals;

/// <summary>
/// The numbered table of refusals. Numbers are never reused. Hundreds group them: 1xx form, 2xx reference, 3xx state, 4xx payload,
/// 5xx geometry, 6xx limits, 7xx identity. The edges map each code once.
/// </summary>
public enum RefusalCode
{
    None = 0,

    /// <summary>A required field is missing or empty.</summary>
    Missing = 101,

    /// <summary>A field does not have the form asked for (characters, length, pattern).</summary>
    Malformed = 102,

    /// <summary>A number lies outside its range.</summary>
    OutOfRange = 103,

    /// <summary>A page token, cursor or filter cannot be understood.</summary>
    BadCursor = 104,

    /// <summary>The field cannot be changed after creation.</summary>
    Immutable = 105,

    /// <summary>The named thing does not exist (or belongs to another district: the answer is the same).</summary>
    NotFound = 201,

    /// <summary>The parent is unknown, of the wrong level, or its code is no prefix of the child's.</summary>
    WrongParent = 202,

    /// <summary>The id or name is taken.</summary>
    AlreadyExists = 203,

    /// <summary>The thing is not in a state in which this can be done.</summary>
    WrongState = 301,

    /// <summary>The etag or expected version is not the current one.</summary>
    Stale = 302,

    /// <summary>The same request id or message id came with other content; the first one stands.</summary>
    Conflict = 303,

    /// <summary>The payload is not JSON (position given).</summary>
    NotJson = 401,

    /// <summary>The payload is JSON of another shape than asked for (path given).</summary>
    WrongShape = 402,

    /// <summary>The metric is not in the device's profile.</summary>
    UnknownMetric = 403,

    /// <summary>The value is not a finite number or not inside the profile's range.</summary>
    BadValue = 404,

    /// <summary>The event time lies beyond the allowed skew of the receive time.</summary>
    BadTime = 405,

    /// <summary>The payload is empty.</summary>
    EmptyPayload = 406,

    /// <summary>A ring is open, too short, self-crossing, or coordinates are no longitude and latitude.</summary>
    BadGeometry = 501,

    /// <summary>Two cells overlap.</summary>
    Overlap = 502,

    /// <summary>There is a hole between cells of one community.</summary>
    Gap = 503,

    /// <summary>Payload, page, batch or another size is beyond its limit.</summary>
    TooLarge = 601,

    /// <summary>A queue, connection or subscription limit is reached; try again later.</summary>
    TooMany = 602,

    /// <summary>The store cannot take writes now (unavailable, full); nothing was acknowledged.</summary>
    StoreUnavailable = 603,

    /// <summary>No valid credential was presented.</summary>
    Unauthenticated = 701,

    /// <summary>The credential does not allow this.</summary>
    NotAuthorised = 702,
}
