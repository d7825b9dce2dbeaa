namespace SmartCommunity.Mqtt;

/// <summary>The AsyncAPI 3 document of the MQTT edge: topics, payload forms, reason codes.</summary>
public static class AsyncApi
{
    /// <summary>Where the product serves it.</summary>
    public const string Path = "/asyncapi.yaml";

    /// <summary>Its media type.</summary>
    public const string MediaType = "application/yaml";

    /// <summary>The document, UTF-8.</summary>
    public static Stream Open() => typeof(AsyncApi).Assembly.GetManifestResourceStream("asyncapi.yaml")
        ?? throw new InvalidOperationException("The document is not in the assembly.");
}
