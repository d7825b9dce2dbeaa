using System.Text.Json.Nodes;

namespace SmartCommunity.Cli.Doctor;

/// <summary>How a check ended.</summary>
internal enum Grade
{
    Good,
    Warning,
    Fault,

    /// <summary>It could not be looked at here; nothing is said about it.</summary>
    Skipped,
}

/// <summary>What one check found.</summary>
/// <param name="Check">Short and stable; scripts rely on it.</param>
/// <param name="Sentence">Name of the sentence in <see cref="DoctorWords"/>, and its places: the measured figures.</param>
/// <param name="Next">Name of the sentence that says what to type now, and its places; null when there is nothing to do.</param>
/// <param name="Figure">The measured figure for programs; null when there is none.</param>
internal sealed record Finding(string Check, Grade Grade, Phrase Sentence, Phrase? Next = null, JsonNode? Figure = null);

/// <summary>A sentence of the table with what stands in its places.</summary>
internal sealed record Phrase(string Name, params object?[] Places);
