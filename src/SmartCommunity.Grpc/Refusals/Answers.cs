using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Grpc.Refusals;

/// <summary>Refusals that the edge itself makes, and the step from an outcome to what a method returns or throws.</summary>
internal static class Answers
{
    /// <summary>One answer for what does not exist and for what belongs to another district.</summary>
    public static Refusal NotFound(string field) => new(
        RefusalCode.NotFound, field, "There is nothing of that name.", "List the collection to see what there is.");

    public static Refusal Malformed(string field, string rule, string wayOut) => new(RefusalCode.Malformed, field, rule, wayOut);

    public static Refusal Missing(string field) => new(RefusalCode.Missing, field, $"{field} is required.", "Set it.");

    /// <summary>The value, or the refusal as an exception; the refusal's field is already as the caller knows it.</summary>
    public static T OrThrow<T>(this Outcome<T> outcome) => outcome.IsRefused ? throw RefusalStatus.ToException(outcome.Refusal) : outcome.Value;

    /// <summary>The value, or the domain's refusal as an exception with its field in proto naming.</summary>
    public static T OrThrow<T>(this Outcome<T> outcome, FieldNames names) =>
        outcome.IsRefused ? throw RefusalStatus.ToException(names.InRequest(outcome.Refusal)) : outcome.Value;

    /// <summary>Goes on with the value, or keeps the refusal.</summary>
    public static Outcome<TNext> Then<T, TNext>(this Outcome<T> outcome, Func<T, Outcome<TNext>> next) =>
        outcome.IsRefused ? outcome.Refusal : next(outcome.Value);

    /// <summary>The record, or not-found for the field that named it.</summary>
    public static T OrNotFound<T>(this T? record, string field)
        where T : class => record ?? throw RefusalStatus.ToException(NotFound(field));
}
