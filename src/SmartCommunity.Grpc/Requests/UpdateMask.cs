using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grpc.Refusals;

namespace SmartCommunity.Grpc.Requests;

/// <summary>Lays the fields that a caller wants to change over the record as it is (AIP-134). Only whole top-level fields can be named.</summary>
internal static class UpdateMask
{
    private const string Everything = "*";
    private const string Field = "update_mask";

    /// <param name="current">The record as it is; it is changed and returned.</param>
    /// <param name="change">What the caller sent.</param>
    /// <param name="mask">Null or empty: the fields that are set; <c>*</c>: all that can change.</param>
    /// <param name="changeable">Proto names of the fields that can change.</param>
    public static Outcome<T> Apply<T>(T current, T change, FieldMask? mask, params string[] changeable)
        where T : class, IMessage<T>
    {
        var fields = current.Descriptor.Fields;
        var paths = mask is null || mask.Paths.Count == 0
            ? changeable.Where(name => IsSet(fields[name], change)).ToArray()
            // Transcoding hands the query's text on as it is, with the names of JSON.
            : mask.Paths.Contains(Everything) ? changeable : [.. mask.Paths.Select(FieldNames.ToSnake)];
        foreach (var path in paths)
        {
            if (current.Descriptor.FindFieldByName(path) is not { } field)
            {
                return new Refusal(RefusalCode.Malformed, Field, $"The record has no field '{Short(path)}'.", $"Name fields among {string.Join(", ", changeable)}.");
            }

            if (!changeable.Contains(path))
            {
                return new Refusal(RefusalCode.Immutable, Field, $"The field '{path}' cannot be changed.", $"Name fields among {string.Join(", ", changeable)}.");
            }

            Copy(field, change, current);
        }

        return current;
    }

    private static string Short(string path) => path.Length <= 64 ? path : path[..64];

    private static bool IsSet(FieldDescriptor field, IMessage message) => field.Accessor.GetValue(message) switch
    {
        null => false,
        IList list => list.Count > 0,
        string text => text.Length > 0,
        IMessage => true,
        var value => Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture) != 0,
    };

    private static void Copy(FieldDescriptor field, IMessage from, IMessage to)
    {
        var value = field.Accessor.GetValue(from);
        if (field.IsRepeated)
        {
            var target = (IList)field.Accessor.GetValue(to);
            target.Clear();
            foreach (var item in (IList)value)
            {
                target.Add(item);
            }
        }
        else if (value is null)
        {
            field.Accessor.Clear(to);
        }
        else
        {
            field.Accessor.SetValue(to, value);
        }
    }
}
