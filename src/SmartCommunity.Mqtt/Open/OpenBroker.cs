using MQTTnet.Formatter;
using MQTTnet.Packets;
using SmartCommunity.Mqtt.Links;
using SmartCommunity.Mqtt.Topics;
using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Open;

/// <summary>
/// Open topics, for tools and conformance suites on this machine. Its messages go from guest to guest: no device hears or fills them, nothing is
/// journaled, and all of it is gone with the process. Off unless <see cref="MqttEdgeOptions.OpenTopicPrefixes"/> says otherwise.
/// </summary>
internal sealed class OpenBroker(MqttEdgeOptions options, MqttMetrics metrics, TimeProvider clock)
{
    /// <summary>Sessions, with a connection or without.</summary>
    public const int SessionsMax = 64;

    /// <summary>Topics with a retained message.</summary>
    public const int RetainedMax = 1_000;

    /// <summary>Payload bytes of all retained messages.</summary>
    public const int RetainedBytesMax = 8 * 1024 * 1024;

    /// <summary>The longest life of a session without a connection.</summary>
    public const uint SessionSecondsMax = 3_600;

    private readonly Lock sync = new();
    private readonly Dictionary<string, OpenSession> sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DownMessage> retained = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> turns = new(StringComparer.Ordinal);

    public bool IsOn => !Scope.IsEmpty;

    public OpenScope Scope { get; } = new(MqttEdgeOptions.Split(options.OpenTopicPrefixes));

    public TimeProvider Clock => clock;

    /// <summary>Lets a client in that has given no user name.</summary>
    public (ReasonCode Code, ILinkSession? Session) Enter(MqttLink link, MqttConnectPacket packet, MqttPacketFormatterAdapter formatter)
    {
        if (packet.WillFlag && Scope.Judge(packet.WillTopic ?? string.Empty) is var verdict && verdict != ReasonCode.Success)
        {
            return (verdict, null);
        }

        Sweep();
        var assigned = string.IsNullOrEmpty(packet.ClientId) ? $"guest-{Guid.NewGuid():N}" : null;
        link.ClientId = assigned ?? packet.ClientId;
        OpenGuest? old;
        lock (sync)
        {
            old = sessions.GetValueOrDefault(link.ClientId)?.Guest;
        }

        // Its session may end by this, and its last will is due before this one begins.
        old?.TakeOver();
        OpenGuest guest;
        DownMessage? lastWill = null;
        lock (sync)
        {
            var isPresent = sessions.TryGetValue(link.ClientId, out var session) && !packet.CleanSession;
            if (session is null && sessions.Count >= SessionsMax)
            {
                return (ReasonCode.QuotaExceeded, null);
            }

            if (!isPresent)
            {
                // A session that ends sends its will, also one that was to wait longer.
                lastWill = session?.Will?.Message;
                Remove(session);
                session = sessions[link.ClientId] = new OpenSession(link.ClientId, new Downlink(metrics, clock));
            }

            session!.Will = null;
            session.ExpirySeconds = ExpiryOf(packet, link.IsVersion5);
            guest = new OpenGuest(this, link, session, packet, formatter, link.Welcome(assigned) with
            {
                IsSessionPresent = isPresent,
                HasSharedSubscriptions = true,
                SessionExpirySeconds = session.ExpirySeconds == packet.SessionExpiryInterval ? null : session.ExpirySeconds,
            });
            session.Guest = guest;
        }

        if (lastWill is not null)
        {
            Publish(null, lastWill);
        }

        return (ReasonCode.Success, guest);
    }

    /// <summary>The connection is over; the session may go on.</summary>
    /// <param name="will">Null when the client has taken it back.</param>
    public void Leave(OpenGuest guest, DownMessage? will, uint willDelaySeconds)
    {
        var session = guest.State;
        lock (sync)
        {
            if (!ReferenceEquals(session.Guest, guest))
            {
                return;
            }

            var now = NowMs;
            session.Guest = null;
            session.EndsAtMs = now + (session.ExpirySeconds * 1_000L);
            if (will is not null)
            {
                session.Will = (will, now + (Math.Min(willDelaySeconds, session.ExpirySeconds) * 1_000L));
            }
        }

        Sweep();
    }

    /// <summary>Sends the wills that are due and ends the sessions whose time is up.</summary>
    public void Sweep()
    {
        if (!IsOn)
        {
            return;
        }

        List<DownMessage> wills = [];
        lock (sync)
        {
            var now = NowMs;
            foreach (var session in sessions.Values.Where(s => s.Guest is null).ToArray())
            {
                if (session.Will is { } will && (will.DueMs <= now || session.EndsAtMs <= now))
                {
                    wills.Add(will.Message);
                    session.Will = null;
                }

                if (session.EndsAtMs <= now)
                {
                    Remove(session);
                }
            }
        }

        wills.ForEach(w => Publish(null, w));
    }

    /// <summary>Keeps a retained message and sends the message to all who have subscribed, once each.</summary>
    public void Publish(OpenSession? from, DownMessage message)
    {
        OpenSession[] all;
        lock (sync)
        {
            Retain(message);
            all = [.. sessions.Values];
        }

        foreach (var session in all)
        {
            if (session.Tailor(message, ReferenceEquals(session, from)) is { } tailored)
            {
                Send(session, tailored);
            }
        }

        var shared = all
            .SelectMany(s => s.Subscriptions.Where(f => f.Group.Length > 0 && f.Matches(message.Topic, isOwn: false)).Select(f => (Session: s, Subscription: f)))
            .GroupBy(m => m.Subscription.Text, StringComparer.Ordinal);
        foreach (var group in shared)
        {
            var (session, subscription) = TakeTurn(group.Key, [.. group]);
            Send(session, OpenSession.Tailor(message, [subscription])!);
        }
    }

    /// <summary>The retained messages a new subscription hears.</summary>
    public void SendRetained(OpenSession to, OpenSubscription subscription)
    {
        DownMessage[] matching;
        lock (sync)
        {
            var now = NowMs;
            matching = [.. retained.Values.Where(m => (m.ExpiresAtMs == 0 || m.ExpiresAtMs > now) && TopicFilter.Matches(subscription.Filter, m.Topic))];
        }

        foreach (var message in matching)
        {
            Send(to, OpenSession.Tailor(message, [subscription with { KeepsRetain = true }])!);
        }
    }

    /// <summary>MQTT 3.1.1 knows no expiry: without a clean session it keeps the session as long as is allowed.</summary>
    private static uint ExpiryOf(MqttConnectPacket packet, bool isVersion5)
    {
        var asked = isVersion5 ? packet.SessionExpiryInterval : packet.CleanSession ? 0 : SessionSecondsMax;
        return Math.Min(asked, SessionSecondsMax);
    }

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Nothing of QoS 0 is kept for a client that is away.</summary>
    private static void Send(OpenSession to, DownMessage message)
    {
        if (message.Qos > 0 || to.Guest is not null)
        {
            to.Down.TryPost(message);
        }
    }

    private void Remove(OpenSession? session)
    {
        if (session is not null)
        {
            sessions.Remove(session.ClientId);
            session.Down.End();
        }
    }

    private void Retain(DownMessage message)
    {
        if (!message.IsRetained)
        {
            return;
        }

        retained.Remove(message.Topic);
        var hasRoom = retained.Count < RetainedMax && retained.Values.Sum(m => (long)m.Payload.Length) + message.Payload.Length <= RetainedBytesMax;
        if (message.Payload.Length > 0 && hasRoom)
        {
            retained[message.Topic] = message;
        }
    }

    /// <summary>Members of a group take turns; who is away is passed over while another is there.</summary>
    private (OpenSession Session, OpenSubscription Subscription) TakeTurn(string group, (OpenSession Session, OpenSubscription Subscription)[] members)
    {
        lock (sync)
        {
            turns[group] = turns.GetValueOrDefault(group) + 1;
            var present = members.Where(m => m.Session.Guest is not null).ToArray();
            var candidates = present.Length > 0 ? present : members;
            var turn = candidates[turns[group] % candidates.Length];
            if (turns.Count > RetainedMax)
            {
                turns.Clear();
            }

            return turn;
        }
    }
}
