namespace SmartCommunity.Storage.Sqlite;

/// <summary>SQLite's own copy of a database, some pages a step.</summary>
internal sealed unsafe class PageCopy : IDisposable
{
    private readonly Connection _target;
    private IntPtr _handle;

    public PageCopy(Connection source, Connection target)
    {
        _target = target;
        fixed (byte* main = "main\0"u8)
        {
            _handle = Native.BackupInit(target.Handle, main, source.Handle, main);
        }

        if (_handle == IntPtr.Zero)
        {
            throw target.Fault(Native.Locked);
        }
    }

    public int Remaining => Native.BackupRemaining(_handle);

    /// <summary>Copies some pages; false when everything was copied and the target is on the disk.</summary>
    public bool Step(int pages)
    {
        var code = Native.BackupStep(_handle, pages);
        return code switch
        {
            Native.Ok => true,
            Native.Done => false,
            _ => throw _target.Fault(code),
        };
    }

    public void Dispose()
    {
        if (_handle != IntPtr.Zero)
        {
            _ = Native.BackupFinish(_handle);
            _handle = IntPtr.Zero;
        }
    }
}
