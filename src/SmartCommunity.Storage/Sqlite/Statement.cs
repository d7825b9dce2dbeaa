using System.Runtime.InteropServices;
using System.Text;

namespace SmartCommunity.Storage.Sqlite;

/// <summary>
/// A prepared statement. Parameters are numbered from 1, columns from 0. Short text is encoded once into memory of the statement and bound in place; it stays there until
/// <see cref="Reset"/>.
/// </summary>
internal sealed unsafe class Statement(Connection connection, IntPtr handle) : IDisposable
{
    private const int ScratchBytes = 8192;
    private const int NullType = 5;

    private byte* _scratch;
    private int _used;
    private IntPtr _handle = handle;

    public void Bind(int index, long value) => Check(Native.BindInt64(_handle, index, value));

    public void Bind(int index, double value) => Check(Native.BindDouble(_handle, index, value));

    public void Bind(int index, long? value)
    {
        if (value is { } number)
        {
            Bind(index, number);
        }
        else
        {
            BindNull(index);
        }
    }

    public void BindNull(int index) => Check(Native.BindNull(_handle, index));

    public void Bind(int index, string? text)
    {
        if (text is null)
        {
            BindNull(index);
            return;
        }

        if (_scratch is null)
        {
            _scratch = (byte*)NativeMemory.Alloc(ScratchBytes);
        }

        if (text.Length * 3 <= ScratchBytes - _used)
        {
            var start = _scratch + _used;
            var length = Encoding.UTF8.GetBytes(text, new Span<byte>(start, ScratchBytes - _used));
            _used += length;
            Check(Native.BindStaticText(_handle, index, start, length, IntPtr.Zero));
            return;
        }

        BindText(index, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Binds UTF-8 as text, so that people can read it in SQL.</summary>
    public void BindText(int index, ReadOnlySpan<byte> utf8)
    {
        var nothing = (byte)0;
        fixed (byte* text = utf8)
        {
            Check(Native.BindText(_handle, index, text is null ? &nothing : text, utf8.Length, Native.Transient));
        }
    }

    public void BindBlob(int index, ReadOnlySpan<byte> value)
    {
        var nothing = (byte)0;
        fixed (byte* bytes = value)
        {
            Check(Native.BindBlob(_handle, index, bytes is null ? &nothing : bytes, value.Length, Native.Transient));
        }
    }

    /// <summary>Answers whether there is a row.</summary>
    public bool Step()
    {
        var code = Native.Step(_handle);
        if (code == Native.Row)
        {
            return true;
        }

        if (code == Native.Done)
        {
            return false;
        }

        var fault = connection.Fault(code);
        Reset();
        throw fault;
    }

    /// <summary>Steps a statement without a result and makes it ready for the next binding.</summary>
    public void Run()
    {
        while (Step())
        {
        }

        Reset();
    }

    public void Reset()
    {
        _ = Native.Reset(_handle);
        _used = 0;
    }

    public long Int64(int column) => Native.ColumnInt64(_handle, column);

    public long? Int64OrNull(int column) => IsNull(column) ? null : Int64(column);

    public double Double(int column) => Native.ColumnDouble(_handle, column);

    public ColumnType TypeOf(int column) => (ColumnType)Native.ColumnType(_handle, column);

    public bool IsNull(int column) => Native.ColumnType(_handle, column) == NullType;

    public string Text(int column) => Encoding.UTF8.GetString(Span(column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public byte[] Bytes(int column) => Span(column).ToArray();

    /// <summary>The bytes of a text or blob column, valid until the next step.</summary>
    public ReadOnlySpan<byte> Span(int column)
    {
        var bytes = Native.ColumnBlob(_handle, column);
        return new ReadOnlySpan<byte>(bytes, Native.ColumnBytes(_handle, column));
    }

    public void Dispose()
    {
        if (_handle != IntPtr.Zero)
        {
            _ = Native.Finalize(_handle);
            _handle = IntPtr.Zero;
        }

        if (_scratch is not null)
        {
            NativeMemory.Free(_scratch);
            _scratch = null;
        }
    }

    private void Check(int code)
    {
        if (code != Native.Ok)
        {
            throw connection.Fault(code);
        }
    }
}

/// <summary>What a column of a row holds; SQLite's numbers.</summary>
internal enum ColumnType
{
    Integer = 1,
    Real = 2,
    Text = 3,
    Blob = 4,
    Null = 5,
}
