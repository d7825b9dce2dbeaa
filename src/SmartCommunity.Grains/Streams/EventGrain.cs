using System.IO.Hashing;
using System.Text;
using SmartCommunity.Domain;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Wire;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Streams;

/// <summary>A stream grain that answers commands: load, decide, commit, evolve; a repeated request id is answered as the first time.</summary>
internal abstract class EventGrain<TState>(IPersistentState<StreamSnapshot> stored, StreamRoom room) : StreamGrain<TState>(stored, room)
    where TState : class?
{
    /// <summary>The longest request id, in characters.</summary>
    public const int RequestIdCharsMax = 128;

    /// <summary>The state after an event. Times in Unix ms: <paramref name="atMs"/> when it happened, <paramref name="recordedMs"/> when we learnt of it.</summary>
    protected abstract TState Evolve(TState before, DomainEvent happened, long atMs, long recordedMs);

    protected override TState Fold(TState before, JournalEntry entry) => entry.Type is { } type
        ? Evolve(before, EventCodec.Decode(type, entry.Body.Span), entry.AtMs, entry.RecordedMs)
        : throw new FormatException("This stream holds no readings.");

    protected Task<Outcome<T>> HandleAsync<T, TCommand>(
        string method,
        TCommand command,
        CommandContext context,
        Func<TState, Outcome<Decision<T>>> decide)
        where T : class =>
        HandleAsync(method, command, context, state => Task.FromResult(decide(state)), static result => result);

    protected Task<Outcome<T>> HandleAsync<T, TCommand>(
        string method,
        TCommand command,
        CommandContext context,
        Func<TState, Task<Outcome<Decision<T>>>> decide)
        where T : class =>
        HandleAsync(method, command, context, decide, static result => result);

    /// <param name="method">Scope of the request id, stable: it is stored.</param>
    /// <param name="command">Everything that makes the request what it is; hashed when the edge gave no fingerprint of the request.</param>
    /// <param name="answer">What the caller gets of the decision's result.</param>
    protected Task<Outcome<TAnswer>> HandleAsync<T, TAnswer, TCommand>(
        string method,
        TCommand command,
        CommandContext context,
        Func<TState, Task<Outcome<Decision<T>>>> decide,
        Func<T, TAnswer> answer)
        where T : class
    {
        if (context.RequestId is { Length: > RequestIdCharsMax })
        {
            return Task.FromResult<Outcome<TAnswer>>(new Refusal(
                RefusalCode.TooLarge, "request_id", $"A request id has at most {RequestIdCharsMax} characters.", "Use a UUID."));
        }

        var fingerprint = context.RequestId is null ? 0 : context.Fingerprint ?? Fingerprint(command);
        return RunAsync(async () =>
        {
            if (context.RequestId is { } id && await Room.Views.FindKeyAsync(Stream.District, method, id, CancellationToken.None) is { } known)
            {
                return Repeat<TAnswer>(known, fingerprint);
            }

            var decided = await decide(State);
            return decided.IsRefused ? decided.Refusal : await CommitAsync(method, fingerprint, context, decided.Value, answer);
        });
    }

    private async ValueTask<Outcome<TAnswer>> CommitAsync<T, TAnswer>(
        string method, ulong fingerprint, CommandContext context, Decision<T> decision, Func<T, TAnswer> answer)
        where T : class
    {
        var reply = answer(decision.Result);
        if (decision.Events.Count == 0 && context.RequestId is null)
        {
            return reply;
        }

        var draft = new Drafted
        {
            Events = decision.Events,
            Effects = decision.Effects,
            RequestId = context.RequestId,
            Keys = context.RequestId is { } id ? [new(method, id, fingerprint, Room.Serializer.SerializeToArray(reply))] : [],
        };
        var result = await AppendAsync(draft);
        switch (result.Status)
        {
            case CommitStatus.Committed:
                Advance(result, draft, EvolveAll(decision.Events));
                return reply;
            case CommitStatus.KeyExists:
                return Repeat<TAnswer>(result.Existing!, fingerprint);
            case CommitStatus.LookupExists:
                return new Refusal(RefusalCode.AlreadyExists, "token", "This secret is in use already.", "Make a new one.");
            default:
                return new Refusal(RefusalCode.AlreadyExists, "id", $"{result.Detail} exists already in the district.", "Choose another id.");
        }
    }

    protected Func<TState, TState> EvolveAll(List<DecidedEvent> events) => before =>
    {
        foreach (var decided in events)
        {
            before = Evolve(before, decided.Event, decided.AtMs, decided.RecordedMs);
        }

        return before;
    };

    private Outcome<TAnswer> Repeat<TAnswer>(StoredKey known, ulong fingerprint) => known.Fingerprint == fingerprint
        ? Room.Serializer.Deserialize<TAnswer>(known.Answer)!
        : new Refusal(RefusalCode.Conflict, "request_id", "This request id came before with another content; the first one stands.", "Use a new request id.");

    private ulong Fingerprint<TCommand>(TCommand command)
    {
        var hash = new XxHash3();
        hash.Append(Encoding.UTF8.GetBytes(Stream.ToString()));
        hash.Append(Room.Serializer.SerializeToArray(command));
        return hash.GetCurrentHashAsUInt64();
    }
}
