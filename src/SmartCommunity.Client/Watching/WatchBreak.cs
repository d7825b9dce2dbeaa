namespace SmartCommunity.Client;

/// <summary>A watch lost its connection and is about to dial again.</summary>
/// <param name="Failure">What broke it; null when the platform ended the stream without a word or fell silent.</param>
/// <param name="Pause">How long it waits before it dials.</param>
/// <param name="HasEverAnswered">False while the platform has not answered this watch at all: address or start may be wrong.</param>
public sealed record WatchBreak(SmartCommunityException? Failure, TimeSpan Pause, bool HasEverAnswered);
