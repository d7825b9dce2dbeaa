using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Views;
using SmartCommunity.Domain.Wire;

namespace SmartCommunity.Domain.Volunteers;

/// <summary>Decides on a volunteer. The state is the volunteer, null before registration.</summary>
public static class VolunteerDecider
{
    public static Outcome<Decision<Volunteer>> Define(
        Volunteer? current, Volunteer volunteer, AreaCode district, WriteCondition condition, CommandContext context)
    {
        var refusal = Check.Condition(condition, current?.Revision, "volunteer") ?? Judge(volunteer, district);
        if (refusal is not null)
        {
            return refusal;
        }

        var wanted = volunteer with { Presence = current?.Presence, Revision = (current?.Revision ?? 0) + 1 };
        if (current is not null && RecordCodec.Same(wanted, current with { Revision = wanted.Revision }))
        {
            return new Decision<Volunteer>(current);
        }

        var decision = new Decision<Volunteer>(wanted);
        if (!condition.DryRun)
        {
            decision.Happened(new VolunteerDefined(wanted), wanted.Home, context);
            Project(decision.Effects, current, wanted);
        }

        return decision;
    }

    /// <param name="cell">The cell the location lies in; null outside all cells or without a location.</param>
    public static Outcome<Decision<Volunteer>> ReportPresence(
        Volunteer? current, bool onDuty, GeoPoint? location, AreaCode? cell, CommandContext context)
    {
        if (current is null)
        {
            return Check.NotFound("volunteer");
        }

        if (location is { } point && GeoCheck.Judge(point, "location") is { } refusal)
        {
            return refusal;
        }

        var presence = new VolunteerPresence(onDuty, location, cell, context.Now);
        if (current.Presence == presence)
        {
            return new Decision<Volunteer>(current);
        }

        var happened = new VolunteerPresenceReported(presence);
        var wanted = Evolve(current, happened);
        var decision = new Decision<Volunteer>(wanted);
        decision.Happened(happened, LeafOf(wanted), context);
        Project(decision.Effects, current, wanted);
        return decision;
    }

    public static Volunteer Evolve(Volunteer? current, DomainEvent happened) => happened switch
    {
        VolunteerDefined e => e.Volunteer,
        VolunteerPresenceReported e when current is not null => current with { Presence = e.Presence, Revision = current.Revision + 1 },
        _ => throw new ArgumentException($"{happened.GetType().Name} does not belong to a volunteer here.", nameof(happened)),
    };

    private static AreaCode LeafOf(Volunteer volunteer) => volunteer.Presence?.Cell ?? volunteer.Home;

    private static void Project(Effects effects, Volunteer? before, Volunteer after)
    {
        var status = after.Presence is { OnDuty: true } ? ViewStatus.OnDuty : ViewStatus.OffDuty;
        effects.Rows.Add(new(ViewKinds.Volunteer, after.Id.ToString(), after.Home.ToString(), status, after));
        var was = before?.Presence is { OnDuty: true } ? LeafOf(before) : (AreaCode?)null;
        var now = after.Presence is { OnDuty: true } ? LeafOf(after) : (AreaCode?)null;
        if (was != now)
        {
            effects.Count(was?.ToString() ?? string.Empty, CounterNames.VolunteersOnDuty, was is null ? 0 : -1);
            effects.Count(now?.ToString() ?? string.Empty, CounterNames.VolunteersOnDuty, now is null ? 0 : 1);
        }
    }

    private static Refusal? Judge(Volunteer volunteer, AreaCode district)
    {
        var refusal = (IdText.IsValid(volunteer.Id.ToString()) ? null : IdText.Refuse("volunteer_id"))
            ?? Check.Text(volunteer.Name, "name")
            ?? Phone(volunteer.Phone)
            ?? Check.Count(volunteer.Skills.Length, Limits.SkillsMax, "skills");
        for (var i = 0; i < volunteer.Skills.Length && refusal is null; i++)
        {
            var skill = volunteer.Skills[i];
            refusal = Check.Text(skill, $"skills[{i}]", Limits.SkillCharsMax)
                ?? (skill.Any(char.IsUpper)
                    ? new(RefusalCode.Malformed, $"skills[{i}]", "Skills are written in lower case.", "Use the term of the district's catalogue.")
                    : null);
        }

        return refusal ?? (volunteer.Home.Level is AreaLevel.Cell or AreaLevel.Community && district.Contains(volunteer.Home)
            ? null
            : new(RefusalCode.WrongParent, "home", $"Home is a community or a cell of district {district}.", "Choose one."));
    }

    private static Refusal? Phone(string phone)
    {
        var digits = phone.AsSpan().StartsWith("+") ? phone.AsSpan(1) : phone.AsSpan();
        var fits = phone.Length == 0 || (digits.Length is > 0 and <= Limits.PhoneCharsMax && !digits.ContainsAnyExceptInRange('0', '9'));
        return fits
            ? null
            : new(RefusalCode.Malformed, "phone", $"A phone number is up to {Limits.PhoneCharsMax} digits with an optional leading +.", "Leave out blanks and dashes.");
    }
}
