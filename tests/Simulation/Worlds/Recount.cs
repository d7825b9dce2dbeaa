using SmartCommunity.V1;
using Xunit;

namespace SmartCommunity.Simulation.Worlds;

/// <summary>Counts every level of the district by brute force from the records and compares with the roll-ups.</summary>
internal static class Recount
{
    public static async Task EqualsRollupsAsync(Api api, CancellationToken cancellation)
    {
        var devices = await api.DevicesAsync(World.Name, cancellation);
        var buildings = await api.BuildingsAsync(World.Name, cancellation);
        var twins = await api.TwinsAsync(World.Name, cancellation);
        var alarms = await api.OpenAlarmsAsync(World.Name, cancellation);
        var reports = await api.ReportsAsync(World.Name, cancellation);
        foreach (var code in World.Cells.SelectMany(c => new[] { c[..6], c[..9], c[..12], c }).Distinct())
        {
            var name = code.Length == 6 ? World.Name : $"{World.Name}/areas/{code}";
            var rollup = await api.RollupAsync(name, cancellation);
            bool Inside(string area) => area.StartsWith(code, StringComparison.Ordinal);
            var expected = new Rollup
            {
                Area = rollup.Area,
                DevicesTotal = devices.Count(d => !d.Revoked && Inside(d.Area)),
                DevicesOnline = twins.Where(t => Inside(t.Area)).SelectMany(t => t.Sensors).Count(s => s.Online),
                AlarmsNotice = alarms.Count(a => a.Level == AlarmLevel.Notice && Inside(a.Area)),
                AlarmsWarning = alarms.Count(a => a.Level == AlarmLevel.Warning && Inside(a.Area)),
                AlarmsCritical = alarms.Count(a => a.Level == AlarmLevel.Critical && Inside(a.Area)),
                ReportsToday = reports.Count(r => Inside(r.Cell.Length > 0 ? r.Cell : World.District)),
                Buildings = buildings.Count(b => Inside(b.Cell)),
                VolunteersOnDuty = 0,
                ReadTime = rollup.ReadTime,
            };
            Assert.Equal(expected, rollup);
        }
    }
}
