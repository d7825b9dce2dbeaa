using System.Text.RegularExpressions;
using SmartCommunity.Cli;
using SmartCommunity.Cli.Doctor;
using SmartCommunity.Cli.Output;
using Xunit;

namespace SmartCommunity.Edge.Tests.Cli;

public sealed class DoctorWordsTests
{
    [Fact]
    public void Every_sentence_is_there_in_both_languages_with_the_same_places()
    {
        Assert.All(DoctorWords.Words.All, sentence =>
        {
            Assert.NotEmpty(sentence.Value.English);
            Assert.NotEmpty(sentence.Value.Chinese);
            Assert.Equal(Places(sentence.Value.English), Places(sentence.Value.Chinese));
        });

        static IEnumerable<string> Places(string text) => Regex.Matches(text, @"\{\d\}").Select(m => m.Value).Distinct().Order();
    }

    [Theory]
    [InlineData(null, null, "zh_CN.UTF-8", Language.Chinese)]
    [InlineData(null, null, "en_GB.UTF-8", Language.English)]
    [InlineData(null, "C", "zh_CN.UTF-8", Language.English)]
    [InlineData("zh", "C", null, Language.Chinese)]
    [InlineData("en", null, "zh_CN.UTF-8", Language.English)]
    [InlineData(null, null, null, Language.English)]
    internal void The_language_comes_from_the_option_or_the_environment(string? option, string? all, string? lang, Language expected) =>
        Assert.Equal(expected, Words.LanguageOf(option, name => name switch { "LC_ALL" => all, "LANG" => lang, _ => null }));

    [Fact]
    public async Task Without_a_server_program_or_folder_the_doctor_still_answers()
    {
        using var folder = new Folder();
        var run = await CliRun.SayAsync(folder, "doctor", "--data", "nothing", "--grpc", "127.0.0.1:9", "--key", "k");
        Assert.Contains("does not answer", run.Error + run.Out, StringComparison.Ordinal);
        Assert.Contains("next: ./dev run", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_without_an_operator_key_names_the_way_out()
    {
        using var folder = new Folder();
        var run = await CliRun.SayAsync(folder, "backup", "--grpc", "127.0.0.1:9");
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("SC_OPERATOR_KEY", run.Error, StringComparison.Ordinal);
    }
}
