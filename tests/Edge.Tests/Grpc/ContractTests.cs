using System.Reflection;
using System.Text;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Refusals;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary>Tables that must be complete. Those of needs and of statuses were seen to fail with one row taken out.</summary>
public sealed class ContractTests
{
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

    [Fact]
    public void Every_mutation_takes_a_request_id()
    {
        string[] reads = ["Get", "List", "Downsample", "Watch", "Test"];
        Assert.Empty(
            from rpc in Rpcs.All
            where !reads.Any(read => rpc.Name.StartsWith(read, StringComparison.Ordinal))
            where rpc.InputType.FindFieldByName("request_id") is null
            select rpc.FullName);
    }

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
            way out (`way_out`); rows of imports and quarantine entries carry the same names. Made from `RefusalCode` and the table in `RefusalStatus`; a
            test keeps it current.

            | Code | Reason | gRPC | Meaning |
            |---|---|---|---|

            """);
        foreach (var code in Enum.GetValues<RefusalCode>().Where(code => code != RefusalCode.None))
        {
            var meaning = summaries.GetValueOrDefault($"F:{typeof(RefusalCode).FullName}.{code}", string.Empty);
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"| {(int)code} | `{RefusalStatus.ReasonOf(code)}` | {FieldName(RefusalStatus.CodeOf(code).ToString())} | {meaning} |\n");
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
