using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Streams;

namespace SmartCommunity.Grains.Twins;

/// <summary>A cell is defined by the grid; its twin is there from then on, empty until something hangs on the street.</summary>
[GrainType("sc.cell")]
internal sealed class CellGrain(
    [PersistentState(StateNames.Cell, StateNames.Storage)] IPersistentState<StreamSnapshot> stored,
    StreamRoom room,
    TwinRoom twins) : TwinGrain(stored, room, twins), ICellGrain
{
    protected override async ValueTask<bool> ExistsAsync(TwinState twin) =>
        twin.DeviceCount > 0 || (await SurroundingsAsync()).Places.Knows(twin.Area);
}
