using System.Collections.Frozen;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>
/// Units of SenML (RFC 8428, 12.1; RFC 8798) that UCUM, the profile's system, writes otherwise. All others of use here are written alike.
/// </summary>
internal static class SenmlUnits
{
    private static readonly FrozenDictionary<string, string[]> ToUcum = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["%RH"] = ["%"],
        ["%EL"] = ["%"],
        ["/"] = ["1"],
        ["/100"] = ["%"],
        ["/1000"] = ["[ppth]"],
        ["count"] = ["1", "{count}"],
        ["ppm"] = ["[ppm]"],
        ["ppb"] = ["[ppb]"],
        ["l"] = ["L"],
        ["l/s"] = ["L/s"],
        ["pH"] = ["[pH]"],
        ["1/s"] = ["/s"],
        ["1/min"] = ["/min"],
        ["beat/min"] = ["/min", "{beat}/min"],
        ["dBm"] = ["dB[mW]"],
        ["dBW"] = ["dB[W]"],
        ["Bspl"] = ["B[SPL]"],
        ["B"] = ["By"],
        ["KiB"] = ["KiBy"],
        ["VA"] = ["V.A"],
        ["Ah"] = ["A.h"],
        ["Wh"] = ["W.h"],
        ["kWh"] = ["kW.h"],
        ["lat"] = ["deg"],
        ["lon"] = ["deg"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether a SenML unit and a UCUM code are the same unit. Nothing is converted: that would hide a wrong profile.</summary>
    public static bool AreSame(string senml, string ucum) =>
        senml == ucum || (ToUcum.TryGetValue(senml, out var known) && known.Contains(ucum, StringComparer.Ordinal));
}
