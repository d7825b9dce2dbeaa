using System.Globalization;
using CsCheck;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Domain.Tests.Areas;

public class AreaCodeTests
{
    private static readonly Gen<string> Codes = Gen.Select(Gen.Int[100_000, 999_999], Gen.Int[1, 999], Gen.Int[1, 999], Gen.Int[1, 999], Gen.Int[0, 3])
        .Select((d, s, c, n, level) => string.Create(CultureInfo.InvariantCulture, $"{d:000000}{s:000}{c:000}{n:000}")[..(6 + (3 * level))]);

    private static readonly Gen<string> IdTexts = Gen.Char["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"].Array[1, 64]
        .Select(c => new string(c)).Where(t => IdText.IsValid(t));

    [Fact]
    public void A_hundred_thousand_codes_round_trip() => Codes.Sample(text =>
    {
        var code = AreaCode.Parse(text);
        return code.ToString() == text && (int)code.Level == text.Length && code.Parent.Contains(code) && code.District.ToString() == text[..6];
    }, iter: 100_000);

    [Theory]
    [InlineData("")]
    [InlineData("34010")]
    [InlineData("3401040")]
    [InlineData("34010400100100")]
    [InlineData("040104")]
    [InlineData("340104000")]
    [InlineData("340104001000")]
    [InlineData("340104001001000")]
    [InlineData("340104001001000001")]
    [InlineData("34010a")]
    [InlineData("３４０１０４")]
    [InlineData(" 340104")]
    [InlineData("-40104")]
    public void A_bad_code_is_refused(string text) => Assert.False(AreaCode.TryParse(text, out _));

    [Fact]
    public void Every_id_parses_from_its_own_text() => IdTexts.Sample(text =>
        RoundTrips<BuildingId>(text) && RoundTrips<VolunteerId>(text) && RoundTrips<DeviceId>(text) && RoundTrips<OrgUnitId>(text)
        && RoundTrips<ProfileId>(text) && RoundTrips<RuleId>(text) && RoundTrips<AlarmId>(text) && RoundTrips<TwinKey>("buildings/" + text), iter: 10_000);

    [Theory]
    [InlineData("")]
    [InlineData(".a")]
    [InlineData("-a")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a+b")]
    [InlineData("a#")]
    [InlineData("a\0")]
    [InlineData("烟感")]
    [InlineData("é")]
    public void A_bad_id_is_refused(string text)
    {
        Assert.False(DeviceId.TryParse(text, out _));
        Assert.False(TwinKey.TryParse("buildings/" + text, out _));
        Assert.Throws<FormatException>(() => DeviceId.Parse(text));
    }

    [Fact]
    public void An_id_has_at_most_64_characters()
    {
        Assert.True(DeviceId.TryParse(new('a', IdText.CharsMax), out _));
        Assert.False(DeviceId.TryParse(new('a', IdText.CharsMax + 1), out _));
    }

    private static bool RoundTrips<T>(string text)
        where T : struct, IId<T> => T.Parse(text).ToString() == text && T.TryParse(text, out var again) && again.Equals(T.Parse(text));
}
