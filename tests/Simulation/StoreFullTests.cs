using System.Diagnostics;
using System.Net;
using System.Text;
using SmartCommunity.Simulation.Devices;
using SmartCommunity.Simulation.Products;
using SmartCommunity.Simulation.Worlds;
using Xunit;

namespace SmartCommunity.Simulation;

/// <summary>A disk of its own, so small that it can be filled: needs root for the mount, and is skipped without.</summary>
public sealed class StoreFullTests
{
    private static readonly TimeSpan NoticeMax = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RecoverMax = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_acknowledges_nothing_and_goes_on_by_itself_when_space_returns()
    {
        using var disk = SmallDisk.MountOrSkip();
        await using var product = await Product.StartAsync(new(disk.Path), Cancellation);
        using var world = await World.BuildAsync(product, Cancellation);
        var devices = world.Load("full", 7);
        using var stop = new CancellationTokenSource();
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = devices.Select(d => Task.Run(() => d.RunAsync(stop.Token, giveUp.Token), Cancellation)).ToArray();
        await Until.TrueAsync(() => devices.All(d => d.Log.LastAckAt > 0), TimeSpan.FromSeconds(10), "every device was acknowledged once", Cancellation);

        disk.Fill();
        await ReadinessIsAsync(product, HttpStatusCode.ServiceUnavailable, NoticeMax);
        var silentFrom = Stopwatch.GetTimestamp();
        await Until.ElapsedAsync(TimeSpan.FromSeconds(2), Cancellation);
        Assert.All(devices, d => Assert.True(d.Log.LastAckAt < silentFrom, "A message was acknowledged on a full disk."));
        Assert.NotEmpty(await world.Api.ReadingsAsync($"{World.Name}/devices/{devices[0].Id}", Cancellation));
        Assert.Contains("store", (await product.ReadinessAsync(Cancellation))!.Value.Body, StringComparison.Ordinal);

        disk.Free();
        var freed = Stopwatch.GetTimestamp();
        await ReadinessIsAsync(product, HttpStatusCode.OK, RecoverMax);
        await Until.TrueAsync(() => devices.All(d => d.Log.LastAckAt > freed), RecoverMax, "every device is acknowledged again", Cancellation);
        Console.WriteLine($"figure: full disk: acknowledged again {Stopwatch.GetElapsedTime(freed).TotalSeconds:0.0} s after space returned");
        await stop.CancelAsync();
        await Task.WhenAll(running).WaitAsync(TimeSpan.FromMinutes(1), Cancellation);
        var verdict = await Verdict.OfAsync(world.Api, World.Name, devices, Cancellation);
        Assert.Equal((0, 0, 0), (verdict.Lost, verdict.Twice, verdict.Unknown));
    }

    private static Task ReadinessIsAsync(Product product, HttpStatusCode status, TimeSpan max) => Until.TrueAsync(
        async cancellation => (await product.ReadinessAsync(cancellation))?.Status == status,
        max,
        () => $"readiness is {(int)status}\n{product.Output}",
        Cancellation);

    private sealed class SmallDisk : IDisposable
    {
        private readonly TempFolder folder = new();

        public string Path => folder.Path;

        private string Ballast => System.IO.Path.Combine(Path, "ballast");

        public static SmallDisk MountOrSkip()
        {
            Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "Only root may mount a small disk.");
            var disk = new SmallDisk();
            if (Run("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", disk.Path) != 0)
            {
                disk.folder.Dispose();
                Assert.Skip("This machine does not allow mounts.");
            }

            return disk;
        }

        /// <summary>Takes every last byte.</summary>
        public void Fill()
        {
            using var ballast = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
            foreach (var size in (int[])[1 << 20, 1 << 12])
            {
                var block = Encoding.ASCII.GetBytes(new string('b', size));
                while (TryWrite(ballast, block))
                {
                }
            }
        }

        public void Free() => File.Delete(Ballast);

        public void Dispose()
        {
            Run("umount", "-l", Path);
            folder.Dispose();
        }

        private static bool TryWrite(FileStream stream, byte[] block)
        {
            try
            {
                stream.Write(block);
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        }

        private static int Run(string program, params string[] arguments)
        {
            using var process = Process.Start(program, arguments);
            process.WaitForExit();
            return process.ExitCode;
        }
    }
}
