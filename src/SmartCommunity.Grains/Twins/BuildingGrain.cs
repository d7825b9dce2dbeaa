using SmartCommunity.Domain.Buildings;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Streams;

namespace SmartCommunity.Grains.Twins;

[GrainType("sc.building")]
internal sealed class BuildingGrain(
    [PersistentState(StateNames.Building, StateNames.Storage)] IPersistentState<StreamSnapshot> stored,
    StreamRoom room,
    TwinRoom twins) : TwinGrain(stored, room, twins), IBuildingGrain
{
    public Task<Outcome<Building>> Define(Building building, WriteCondition condition, CommandContext context) => HandleAsync(
        "building.Define",
        (building, condition),
        context,
        async state =>
        {
            var (_, places) = await SurroundingsAsync();
            return TwinDecider.DefineBuilding(state, building, places.Locate(building.Location), condition, context);
        });

    public Task<Outcome<Building>> Locate(CommandContext context) => HandleAsync(
        "building.Locate",
        string.Empty,
        context,
        async state =>
        {
            var (_, places) = await SurroundingsAsync();
            return TwinDecider.LocateBuilding(state, state.Building is { } building ? places.Locate(building.Location) : null, context);
        });

    protected override ValueTask<bool> ExistsAsync(TwinState twin) => new(twin.Building is not null);
}
