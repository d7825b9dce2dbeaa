using CsCheck;
using SmartCommunity.Domain.Devices;
using Xunit;

namespace SmartCommunity.Domain.Tests.Districts;

public sealed class PasswordTests
{
    private static readonly byte[] Salt = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

    // The last part was computed with Python's hashlib.pbkdf2_hmac('sha256', b'correct horse', bytes(range(1, 17)), 1000).
    [Fact]
    public void A_password_is_kept_as_another_program_would_stretch_it() => Assert.Equal(
        "pbkdf2-sha256$1000$AQIDBAUGBwgJCgsMDQ4PEA==$YwKfNMrnHLcz6zlkYSHCNthMmUVmRkplZtxCdAZgV8M=", PasswordHash.Of("correct horse", Salt, 1000));

    [Fact]
    public void Only_the_same_password_is_right() => Gen.Select(Gen.String, Gen.String).Sample((one, other) =>
    {
        var kept = PasswordHash.Of(one, Salt, PasswordHash.MadeRounds);
        return PasswordHash.IsWellFormed(kept) && PasswordHash.Verify(one, kept) && (one == other || !PasswordHash.Verify(other, kept));
    });

    [Theory]
    [InlineData("")]
    [InlineData("pbkdf2-sha256$1000$AQIDBAUGBwgJCgsMDQ4PEA==")]
    [InlineData("pbkdf2-sha1$1000$AQIDBAUGBwgJCgsMDQ4PEA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("pbkdf2-sha256$0$AQIDBAUGBwgJCgsMDQ4PEA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("pbkdf2-sha256$1000001$AQIDBAUGBwgJCgsMDQ4PEA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("pbkdf2-sha256$1000$AQID$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("pbkdf2-sha256$1000$AQIDBAUGBwgJCgsMDQ4PEA==$AAAA")]
    public void What_is_no_such_text_is_never_right(string text)
    {
        Assert.False(PasswordHash.IsWellFormed(text));
        Assert.False(PasswordHash.Verify("", text));
    }
}
