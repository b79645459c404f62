"""Limits beyond those of a scorecard: a segment, a language, the answer to a question, as an address names them."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from cem.explorer.cuts import QUESTION, SCORE, Cut, offered_cuts, unit_cut
from cem.scorecards.choices import Choice, UnknownChoice
from cem.scorecards.offers import Offers

CUSTOMERS = ("segment", "language")


def read_limits(asked: Mapping[str, str], choice: Choice, offers: Offers, names: Collection[str] = CUSTOMERS) -> Choice:
    """The choice with the limits of these names that the address has; UnknownChoice for what is not there."""
    cuts = offered_cuts(choice, offers, offers.surveys[choice.survey].questionnaire)
    finer = {name: group for name, group in asked.items() if group and name in names}
    for name, group in finer.items():
        if name not in cuts or group not in cuts[name].group_of.values():
            raise UnknownChoice
    besides = tuple(cuts[name].side.among(cuts[name].values(group)) for name, group in finer.items())
    return replace(choice, finer=finer, besides=besides)


def answer_limits(asked: Mapping[str, str]) -> tuple[str, ...]:
    """The names of an address that may limit a list of responses."""
    return (*CUSTOMERS, *(name for name in asked if name.startswith((QUESTION, SCORE))))


def limits_of(choice: Choice, offers: Offers) -> dict[str, tuple[Cut, str]]:
    """Each limit of a choice beyond the part of the company that the person sees: the cut and the chosen group.

    A unit is a limit at each level above it: the region among regions, and the branch among the region's branches.
    """
    whole = replace(choice, touchpoint="", channel="", unit=choice.top, finer={}, besides=())
    cuts = offered_cuts(whole, offers, offers.surveys[choice.survey].questionnaire)
    given = {"touchpoint": choice.touchpoint, "channel": choice.channel, **choice.finer}
    found = {name: (cuts[name], group) for name, group in given.items() if group and name in cuts}
    unit: str | None = choice.unit
    while unit and unit != choice.top:
        above = offers.units[unit].parent
        cut = _neighbours(offers, unit, above)
        found[f"unit {unit}"] = (cut, unit)
        unit = above
    return found


def _neighbours(offers: Offers, unit: str, above: str | None) -> Cut:
    """A unit and its neighbours; past them, some answers may belong to the unit above itself."""
    cut = unit_cut(offers, offers.neighbours(unit))
    return replace(cut, group_of={**cut.group_of, above: above}) if above else cut
