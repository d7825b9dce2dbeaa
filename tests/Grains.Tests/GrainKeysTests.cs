using CsCheck;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Tests;

public class GrainKeysTests
{
    private static readonly Gen<string> Id = Gen.Char["abcXYZ019._-"].Array[1, 20].Select(chars => "a" + new string(chars));

    [Fact]
    public void A_key_and_its_stream_are_each_other_s_inverse() => Gen.Select(Gen.Int[100_000, 999_999], Id, Gen.Int[0, 5]).Sample((district, id, kind) =>
    {
        var name = kind switch
        {
            0 => GrainKeys.DistrictStream,
            1 => GrainKeys.GridStream,
            2 => "orgs/" + id,
            3 => TwinKey.Of(BuildingId.Parse(id)).ToString(),
            4 => "webhooks/" + id,
            _ => "volunteers/" + id,
        };
        var stream = new StreamKey(district.ToString(System.Globalization.CultureInfo.InvariantCulture), name);
        return GrainKeys.StreamOf(GrainKeys.KeyOf(stream)) == stream;
    });

    [Theory]
    [InlineData("")]
    [InlineData("34010")]
    [InlineData("340104/")]
    [InlineData("340104/unknown/1")]
    [InlineData("340104/buildings/")]
    [InlineData("340104/buildings/a b")]
    [InlineData("340104/cells/340103003012001")]
    [InlineData("340104003/buildings/B1")]
    public void A_key_that_this_program_does_not_make_is_refused(string key) => Assert.Throws<FormatException>(() => GrainKeys.StreamOf(key));

    [Fact]
    public void Empty_ids_and_areas_that_are_no_district_make_no_key()
    {
        var grains = System.Reflection.DispatchProxy.Create<IGrainFactory, NoGrains>();
        Assert.Throws<ArgumentException>(() => grains.District(AreaCode.Parse("340104003")));
        Assert.Throws<ArgumentException>(() => grains.Volunteer(AreaCode.Parse("340104"), default));
        Assert.Throws<ArgumentException>(() => grains.OrgUnit(default, OrgUnitId.Parse("o1")));
        Assert.Throws<ArgumentException>(() => grains.Building(AreaCode.Parse("340104"), default));
    }

#pragma warning disable CA1852 // DispatchProxy derives from it at run time
    /// <summary>Nothing may be asked of it.</summary>
    internal class NoGrains : System.Reflection.DispatchProxy
    {
        protected override object? Invoke(System.Reflection.MethodInfo? targetMethod, object?[]? args) =>
            throw new InvalidOperationException("A key was made.");
    }
#pragma warning restore CA1852
}
