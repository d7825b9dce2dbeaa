using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>
/// What a CloudEvent 1.0 tells beside its data. Its key is <c>source</c>, a blank and <c>id</c>: the two together are unique, and a source has no blank.
/// </summary>
internal struct CloudEventAttributes
{
    private const string Version = "1.0";
    private int seen;

    public string? Id { get; private set; }

    public string? Source { get; private set; }

    public string? SpecVersion { get; private set; }

    public string? Type { get; private set; }

    public string? DataContentType { get; private set; }

    public long? AtMs { get; private set; }

    /// <summary>The first thing that is wrong.</summary>
    public Refusal? Fault { get; private set; }

    public void Refuse(Refusal fault) => Fault ??= fault;

    public readonly string Key => Source + " " + Id;

    /// <summary>Takes an attribute when it is one of those that mean something here. Extensions mean nothing and are let pass.</summary>
    public void Take(string name, string? value)
    {
        var bit = Array.IndexOf(Names, name);
        if (bit < 0)
        {
            return;
        }

        if ((seen & (1 << bit)) != 0)
        {
            Refuse(Faults.Twice(name));
        }

        seen |= 1 << bit;
        if (string.IsNullOrEmpty(value))
        {
            Refuse(Faults.Shape(name, "The attribute must be a text that is not empty."));
            return;
        }

        switch (name)
        {
            case "id":
                Id = value;
                break;
            case "source":
                Source = value;
                break;
            case "specversion":
                SpecVersion = value;
                break;
            case "type":
                Type = value;
                break;
            case "datacontenttype":
                DataContentType = value;
                break;
            case "time" when Envelope.TryParseTime(value, out var atMs):
                AtMs = atMs;
                break;
            case "time":
                Refuse(Faults.BadTime("time must be RFC 3339 with an offset.") with { Field = "time" });
                break;
        }
    }

    /// <summary>What is wrong with the attributes as a whole; null when nothing is.</summary>
    public Refusal? Judge()
    {
        Require("specversion", SpecVersion);
        Require("id", Id);
        Require("source", Source);
        Require("type", Type);
        if (Fault is null && SpecVersion != Version)
        {
            Refuse(Faults.Shape("specversion", $"Only CloudEvents {Version} are read."));
        }

        if (Fault is null && (Source!.Contains(' ', StringComparison.Ordinal) || !Envelope.IsId(Key)))
        {
            Refuse(Faults.BadId($"source and id have at most {Envelope.IdCharsMax - 1} printable characters together; a source has no blank and does not begin with #."));
        }

        return Fault;
    }

    private static readonly string[] Names = ["id", "source", "specversion", "type", "datacontenttype", "time"];

    private void Require(string name, string? value)
    {
        if (value is null)
        {
            Refuse(Faults.Shape(name, "A CloudEvent has specversion, id, source and type."));
        }
    }
}
