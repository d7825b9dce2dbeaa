using System.Buffers;
using CsCheck;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Mqtt.Payloads;
using SmartCommunity.Mqtt.Wire;
using Xunit;

namespace SmartCommunity.Edge.Tests.Mqtt;

public sealed class HostileTests
{
    public static string? Folder { get; } = FindFolder();

    [Theory]
    [InlineData(MessageKind.Telemetry)]
    [InlineData(MessageKind.Event)]
    public void Public_texts_that_are_no_json_are_refused_with_a_position_and_none_crashes(MessageKind kind)
    {
        Assert.SkipWhen(Folder is null, "The shared test texts are not there.");
        var refused = 0;
        foreach (var file in Directory.EnumerateFiles(Folder!))
        {
            var bytes = File.ReadAllBytes(file);
            var message = PayloadTests.Decode(bytes, kind, isAlias: true)[0];
            var code = message.Rejected?.Code;
            switch (Path.GetFileName(file)[0])
            {
                case 'n':
                    refused++;
                    Assert.True(code is RefusalCode.NotJson && message.Rejected!.Field.StartsWith(Faults.BytePrefix, StringComparison.Ordinal)
                        || (code is RefusalCode.EmptyPayload && bytes.Length == 0), $"{file}: {code}");
                    break;
                case 'y':
                    Assert.False(code is RefusalCode.NotJson, $"{file}: {message.Rejected}");
                    break;
                case 'i' when Path.GetFileName(file) is var name && (name.StartsWith("i_string_", StringComparison.Ordinal) || name.StartsWith("i_object_", StringComparison.Ordinal)):
                    // Texts the standard leaves open are not UTF-8, or halves of characters: never taken.
                    Assert.True(code is RefusalCode.NotJson && message.Rejected!.Field.StartsWith(Faults.BytePrefix, StringComparison.Ordinal), $"{file}: {code}");
                    break;
            }
        }

        Assert.True(refused > 100);
    }

    // Seen to fail when the header is read from the first segment alone.
    [Fact]
    public void Cutting_the_stream_anywhere_gives_the_same_packets()
    {
        var packets = Gen.Byte.Array[0, 300].Array[1, 20];
        Gen.Select(packets, Gen.Int[1, 40]).Sample((bodies, piece) =>
        {
            byte[] stream = [.. bodies.SelectMany(b => Packets.Frame(0x30, b))];
            var whole = Read(new ReadOnlySequence<byte>(stream));
            var cut = Read(Cut(stream, piece));
            return whole.Count == bodies.Length && whole.Zip(cut).All(p => p.First.AsSpan().SequenceEqual(p.Second)) && whole.Count == cut.Count;
        });
    }

    [Fact]
    public void Any_bytes_decode_to_at_least_one_message()
    {
        Gen.Byte.Array[0, 200].Sample(bytes => PayloadTests.Decode(bytes).Length >= 1);
        var seed = """[{"id":"a","ts":1732000000000,"seq":17,"values":{"pm25":41.5,"temperature":-3}},{"values":{"humidity":1e1}}]"""u8.ToArray();
        Gen.Select(Gen.Int[0, seed.Length - 1], Gen.Byte, Gen.Int[0, seed.Length]).Sample((at, value, length) =>
        {
            var bytes = seed.ToArray();
            bytes[at] = value;
            return PayloadTests.Decode(bytes[..length]).Length >= 1 && PayloadTests.Decode(bytes[..length], MessageKind.Event).Length >= 1;
        });
    }

    private static List<byte[]> Read(ReadOnlySequence<byte> stream)
    {
        var bodies = new List<byte[]>();
        while (FrameReader.TryRead(ref stream, 1 << 20, out _, out var body) == FrameStatus.Complete)
        {
            bodies.Add(body.ToArray());
        }

        return bodies;
    }

    private static ReadOnlySequence<byte> Cut(byte[] stream, int piece)
    {
        Piece? first = null;
        Piece? last = null;
        for (var at = 0; at < stream.Length; at += piece)
        {
            last = new Piece(stream.AsMemory(at, Math.Min(piece, stream.Length - at)), last);
            first ??= last;
        }

        return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);
    }

    private static string? FindFolder()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "SmartCommunity.sln")))
            {
                var folder = Path.Combine(at.Parent!.FullName, "shared", "data", "bad-json", "test_parsing");
                return Directory.Exists(folder) ? folder : null;
            }
        }

        return null;
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
