using System.Reflection;
using System.Text;
using Google.Protobuf.Reflection;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Refusals;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary>Tables that must be complete. Those of needs and of statuses were seen to fail with one row taken out.</summary>
public sealed class ContractTests
{
    private static readonly string[] Reads = ["Get", "List", "Downsample", "Watch", "Query", "Test"];

    [Fact]
    public void Every_rpc_says_what_it_asks_of_its_caller_and_no_other_does() =>
        Assert.Equal(Rpcs.All.Select(Rpcs.FullName).Order(StringComparer.Ordinal), CallNeeds.Methods.Order(StringComparer.Ordinal));

    [Fact]
    public void The_field_that_names_the_district_is_one_of_the_request()
    {
        foreach (var rpc in Rpcs.All)
        {
            var message = rpc.InputType;
            foreach (var part in CallNeeds.Find(Rpcs.FullName(rpc))!.Field.Split('.', StringSplitOptions.RemoveEmptyEntries))
            {
                var field = message.FindFieldByName(part);
                Assert.True(field is not null, $"{rpc.FullName}: {part} is no field of {message.Name}");
                message = field.FieldType == Google.Protobuf.Reflection.FieldType.Message ? field.MessageType : message;
            }
        }
    }

    /// <summary>An rpc that changes something; its name does not begin with a word of reading.</summary>
    internal static bool IsMutation(MethodDescriptor rpc) => !Reads.Any(read => rpc.Name.StartsWith(read, StringComparison.Ordinal));

    [Fact]
    public void Every_mutation_takes_a_request_id() => Assert.Empty(
        from rpc in Rpcs.All
        where IsMutation(rpc) && rpc.InputType.FindFieldByName("request_id") is not { FieldType: FieldType.String }
        select rpc.FullName);

    [Fact]
    public void Every_list_has_pages() => Assert.Empty(
        from rpc in Rpcs.All
        where rpc.Name.StartsWith("List", StringComparison.Ordinal)
        where rpc.InputType.FindFieldByName("page_size") is not { FieldType: FieldType.Int32 }
            || rpc.InputType.FindFieldByName("page_token") is not { FieldType: FieldType.String }
            || rpc.OutputType.FindFieldByName("next_page_token") is not { FieldType: FieldType.String }
            || !rpc.OutputType.Fields[1].IsRepeated
        select rpc.FullName);

    [Fact]
    public void Every_update_has_a_mask_and_a_record_with_an_etag() => Assert.Empty(
        from rpc in Rpcs.All
        where rpc.Name.StartsWith("Update", StringComparison.Ordinal)
        where rpc.InputType.FindFieldByName("update_mask")?.MessageType.FullName != "google.protobuf.FieldMask"
            || rpc.InputType.Fields[1].MessageType.FindFieldByName("etag") is not { FieldType: FieldType.String }
        select rpc.FullName);

    [Fact]
    public void Every_rpc_has_a_request_and_a_response_of_its_own() => Assert.Empty(
        from rpc in Rpcs.All
        where rpc.InputType.Name != $"{rpc.Name}Request" || rpc.OutputType.Name != $"{rpc.Name}Response"
        select rpc.FullName);

    [Fact]
    public void Every_rpc_has_an_edge_test()
    {
        var covered = Assembly.GetExecutingAssembly().GetTypes()
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetCustomAttribute<CoversAttribute>()?.Rpcs ?? []);
        Assert.Equal(Rpcs.All.Select(rpc => $"{rpc.Service.Name}.{rpc.Name}").Order(StringComparer.Ordinal), covered.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_refusal_has_its_status()
    {
        foreach (var code in Enum.GetValues<RefusalCode>().Where(code => code != RefusalCode.None))
        {
            Assert.NotEqual(Google.Rpc.Code.Ok, RefusalStatus.CodeOf(code));
            Assert.Matches("^[A-Z]+(_[A-Z]+)*$", RefusalStatus.ReasonOf(code));
        }
    }

    /// <summary>The page is made of the tables; set SC_WRITE_DOCS=1 to write it anew.</summary>
    [Fact]
    public void The_page_of_refusals_is_current()
    {
        var page = Path.Combine(RepositoryRoot(), "docs", "refusals.md");
        if (Environment.GetEnvironmentVariable("SC_WRITE_DOCS") == "1")
        {
            File.WriteAllText(page, RefusalsPage());
        }

        Assert.Equal(RefusalsPage(), File.ReadAllText(page), ignoreLineEndingDifferences: true);
    }

    private static string RefusalsPage()
    {
        var summaries = System.Xml.Linq.XDocument.Load(Path.ChangeExtension(typeof(RefusalCode).Assembly.Location, ".xml"))
            .Descendants("member")
            .ToDictionary(m => m.Attribute("name")!.Value, m => string.Join(' ', m.Element("summary")?.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? []));
        var text = new StringBuilder("""
            # Refusals

            A refusal is a value with a stable code. `ErrorInfo.reason` holds its name, `ErrorInfo.metadata` its number (`code`), the field (`field`) and the
            way out (`way_out`); rows of imports and quarantine entries carry the same names. With `accept-language: zh` the cause comes in Chinese too, as
            `LocalizedMessage`. Made from `RefusalCode` and the tables in `RefusalStatus` and `ChineseTexts`; a test keeps it current.

            | Code | Reason | gRPC | Meaning | 含义 |
            |---|---|---|---|---|

            """);
        foreach (var code in Enum.GetValues<RefusalCode>().Where(code => code != RefusalCode.None))
        {
            var meaning = summaries.GetValueOrDefault($"F:{typeof(RefusalCode).FullName}.{code}", string.Empty);
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"| {(int)code} | `{RefusalStatus.ReasonOf(code)}` | {FieldName(RefusalStatus.CodeOf(code).ToString())} | {meaning} | {ChineseTexts.Of(code)} |\n");
        }

        return text.ToString();
    }

    private static string FieldName(string name) => string.Concat(name.Select((c, i) => i > 0 && char.IsAsciiLetterUpper(c) ? $"_{c}" : $"{char.ToUpperInvariant(c)}"));

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SmartCommunity.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Not inside the repository.");
        }

        return folder.FullName;
    }
}
