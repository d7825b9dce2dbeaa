using System.Runtime.InteropServices;
using System.Text;

namespace SmartCommunity.Storage.Sqlite;

/// <summary>One connection; used by one thread at a time, so it is opened without SQLite's own mutex.</summary>
internal sealed unsafe class Connection : IDisposable
{
    private readonly Dictionary<string, Statement> _statements = [];
    private IntPtr _handle;

    private Connection(IntPtr handle) => _handle = handle;

    /// <summary>For calls that take two connections.</summary>
    public IntPtr Handle => _handle;

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => Native.IsAutoCommit(_handle) == 0;

    public static Connection Open(string path, bool readOnly, int busyTimeoutMs)
    {
        var flags = Native.OpenNoMutex | (readOnly ? Native.OpenReadOnly : Native.OpenReadWrite | Native.OpenCreate);
        IntPtr handle;
        int code;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            code = Native.Open(name, out handle, flags, null);
        }

        var connection = new Connection(handle);
        if (code != Native.Ok)
        {
            var fault = connection.Fault(code);
            connection.Dispose();
            throw fault;
        }

        _ = Native.BusyTimeout(handle, busyTimeoutMs);
        return connection;
    }

    /// <summary>Runs one statement without a result.</summary>
    public void Execute(string sql)
    {
        using var statement = Prepare(sql);
        while (statement.Step())
        {
        }
    }

    /// <summary>Runs one statement and answers the first column of its first row, 0 when there is none or it is null.</summary>
    public long Scalar(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    /// <summary>Runs one statement and answers the first column of its first row as text.</summary>
    public string? ScalarText(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.TextOrNull(0) : null;
    }

    public Statement Prepare(string sql)
    {
        var bytes = Encoding.UTF8.GetBytes(sql);
        fixed (byte* text = bytes)
        {
            var code = Native.Prepare(_handle, text, bytes.Length, 0, out var statement, null);
            return code == Native.Ok ? new Statement(this, statement) : throw Fault(code);
        }
    }

    /// <summary>The prepared statement of a constant text, kept for the connection's life and ready to bind.</summary>
    public Statement Kept(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = Prepare(sql);
            _statements.Add(sql, statement);
        }

        statement.Reset();
        return statement;
    }

    /// <summary>Releases the kept statement of a text that will not come again.</summary>
    public void Forget(string sql)
    {
        if (_statements.Remove(sql, out var statement))
        {
            statement.Dispose();
        }
    }

    public SqliteFault Fault(int code)
    {
        var extended = _handle == IntPtr.Zero ? code : Native.ExtendedCode(_handle);
        var text = _handle == IntPtr.Zero ? "no memory" : Marshal.PtrToStringUTF8((IntPtr)Native.ErrorText(_handle));
        return new SqliteFault((extended & 0xff) == (code & 0xff) ? extended : code, $"SQLite {code}: {text}");
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Dispose();
        }

        _statements.Clear();
        if (_handle != IntPtr.Zero)
        {
            _ = Native.Close(_handle);
            _handle = IntPtr.Zero;
        }
    }
}
