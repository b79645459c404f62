"""Findings of change: by how much, for good or by chance, and where."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cem.scorecards.annotations import Note
from cem.scorecards.findings.finding import Finding, Test
from cem.scorecards.findings.mix import p_of
from cem.scorecards.findings.scene import FEWEST, Scene
from cem.scorecards.kpis import Kpi
from metrics import Break, Comparison, Decomposition
from metrics.trends.breaks import FEWEST as FEWEST_MONTHS
from surveys.languages import N_, Language, Month
from surveys.questionnaire import Text

_MOST = N_("Most of it comes from “%(place)s” (%(size)s).")
_NOTED = N_("Noted about then: “%(note)s”.")


@dataclass(frozen=True, kw_only=True)
class Changed(Finding):
    """The KPI moved by more than chance; `most` is the place where most of it happened."""

    kind = "change"
    change: Comparison
    most: tuple[Text, float] | None = None

    def sentence(self, language: Language) -> str:
        difference, low, high = (value or 0.0 for value in (self.change.difference, self.change.low, self.change.high))
        ends = sorted((abs(low), abs(high)))
        places = self.kpi.places + (ends[1] - ends[0] < 2 * 10.0**-self.kpi.places)
        said = N_("%(kpi)s rose by %(size)s (between %(low)s and %(high)s, 95%% sure): more than chance would give.")
        fell = N_("%(kpi)s fell by %(size)s (between %(low)s and %(high)s, 95%% sure): more than chance would give.")
        text = language.fill(
            said if difference > 0 else fell,
            {
                "kpi": self.kpi.short_name(language),
                "size": self.kpi.write_size(language, difference, places),
                "low": language.number(ends[0], places),
                "high": language.number(ends[1], places),
            },
        )
        if self.most is None:
            return text
        names, part = self.most
        values = {"place": language.own(names), "size": self.kpi.write_gain(language, part)}
        return f"{text} {language.fill(_MOST, values)}"


@dataclass(frozen=True, kw_only=True)
class Unchanged(Finding):
    """Nothing moved by more than chance."""

    kind = "unchanged"

    def sentence(self, language: Language) -> str:
        return language.gettext(
            N_("No KPI changed by more than chance would give, so the differences call for neither praise nor blame.")
        )


@dataclass(frozen=True, kw_only=True)
class Broken(Finding):
    """A new level that lasts, or a slow drift; of the whole or of a touchpoint. `note` is what was noted about then."""

    kind = "break"
    place: Text | None
    broken: Break
    month: Month
    note: Text | None = None

    def sentence(self, language: Language) -> str:
        before, after = self.broken.before, self.broken.after
        assert before is not None and after is not None  # noqa: S101, PT018 - there is a break
        values = {
            "kpi": _named(language, self.kpi, self.place),
            "month": language.month(self.month),
            "before": self.kpi.write(language, before.value or 0),
            "after": self.kpi.write(language, after.value or 0),
        }
        said = _DRIFT[bool(self.rise)] if self.broken.gradual else _BREAK[bool(self.rise)]
        text = language.fill(said, values)
        if self.note is None:
            return text
        return f"{text} {language.fill(_NOTED, {'note': language.own(self.note)})}"


_BREAK = {
    True: N_("%(kpi)s rose for good about %(month)s: from %(before)s to %(after)s."),
    False: N_("%(kpi)s fell for good about %(month)s: from %(before)s to %(after)s."),
}
_DRIFT = {
    True: N_("%(kpi)s has been rising little by little: %(before)s before %(month)s, %(after)s since."),
    False: N_("%(kpi)s has been falling little by little: %(before)s before %(month)s, %(after)s since."),
}


@dataclass(frozen=True, kw_only=True)
class PartChanged(Finding):
    """A touchpoint or a unit moved by more than chance; `part` is what that adds to the whole."""

    kind = "part"
    names: Text
    unit: bool
    change: float
    part: float

    def sentence(self, language: Language) -> str:
        values = {
            "kpi": self.kpi.short_name(language),
            "place": language.own(self.names),
            "size": self.kpi.write_gain(language, self.change),
            "part": self.kpi.write_gain(language, self.part),
        }
        return language.fill(_PART[self.unit, self.change > 0], values)


_PART = {
    (False, True): N_("At “%(place)s” %(kpi)s rose by %(size)s, which adds %(part)s to the whole."),
    (False, False): N_("At “%(place)s” %(kpi)s fell by %(size)s, which takes %(part)s from the whole."),
    (True, True): N_(
        "In “%(place)s” %(kpi)s rose by %(size)s at the same touchpoints, which adds %(part)s to the whole."
    ),
    (True, False): N_(
        "In “%(place)s” %(kpi)s fell by %(size)s at the same touchpoints, which takes %(part)s from the whole."
    ),
}


def _named(language: Language, kpi: Kpi, place: Text | None) -> str:
    if place is None:
        return kpi.short_name(language)
    return language.fill(N_("%(kpi)s of “%(place)s”"), {"kpi": kpi.short_name(language), "place": language.own(place)})


def find_breaks(scene: Scene) -> Iterator[Test]:
    """Of the whole, and of each touchpoint that is a part of it."""
    yield _break(scene, None, scene.course.broken, ())
    rows = scene.history.touchpoints
    if len(rows) < 2:
        return
    for code, row in rows.items():
        months = scene.open_months(row)
        if sum(bool(h.n) for h in months) >= FEWEST_MONTHS and sum(h.n for h in months) >= FEWEST * 2:
            yield _break(scene, scene.touchpoint(code), scene.kpi.broken(months), (("touchpoint", code),))


def _break(scene: Scene, place: Text | None, broken: Break, link: tuple[tuple[str, str], ...]) -> Test:
    def make() -> Finding | None:
        change = broken.change.difference if broken.change else None
        if broken.period is None or broken.earliest is None or broken.latest is None or change is None:
            return None
        if not (broken.before and broken.before.enough() and broken.after and broken.after.enough()):
            return None
        window = scene.drawn[max(broken.earliest - 1, 0) : broken.latest + 2]
        touchpoint = dict(link).get("touchpoint", scene.choice.touchpoint)
        return Broken(
            kpi=scene.kpi,
            size=abs(change) / scene.span,
            rise=change > 0,
            link=link,
            place=place,
            broken=broken,
            month=scene.drawn[broken.period],
            note=_noted(scene.notes, window, scene.drawn[broken.period], touchpoint),
        )

    return Test(broken.p, make)


def _noted(notes: Sequence[Note], window: Sequence[Month], month: Month, touchpoint: str) -> Text | None:
    """The note nearest to a break, of those within the months that it may have happened in; of its place alone."""
    first, last = window[0].first_day, window[-1].plus(1).first_day
    near = [
        note
        for note in notes
        if first <= note.day < last and note.touchpoint in ({"", touchpoint} if touchpoint else {""})
    ]
    return min(near, key=lambda note: abs(note.day - month.first_day)).words if near else None


def find_parts(scene: Scene, part: str, split: Decomposition | None) -> Iterator[Test]:
    """The touchpoints that changed, and the units with the mix of their touchpoints taken out."""
    before, now = scene.touchpoints
    if part == "touchpoint" and split is not None:
        for code in sorted(before.keys() & now.keys()):
            if min(before[code].n, now[code].n) < FEWEST:
                continue
            change = scene.kpi.change(before[code], now[code])
            yield _part(scene, ("touchpoint", code), scene.touchpoint(code), change, split.segments[code].within)
    all_now = sum(h.n for h in now.values())
    all_before = sum(h.n for h in before.values())
    for unit in scene.units:
        first, second = scene.unit_groups(unit)
        n_before, n_now = sum(h.n for h in first.values()), sum(h.n for h in second.values())
        if min(n_before, n_now) < FEWEST or (own := scene.kpi.split(first, second)) is None:
            continue
        share = (n_before / all_before + n_now / all_now) / 2
        # A unit that is nearly the whole has no news of its own.
        if share > 0.95:
            continue
        yield _unit_part(scene, unit, own, share)


def _part(scene: Scene, link: tuple[str, str], names: Text, change: Comparison, part: float) -> Test:
    difference = change.difference or 0.0

    def make() -> Finding:
        return PartChanged(
            kpi=scene.kpi,
            size=abs(part) / scene.span,
            rise=difference > 0,
            link=(link,),
            names=names,
            unit=False,
            change=difference,
            part=part,
        )

    return Test(change.p, make)


def _unit_part(scene: Scene, unit: str, own: Decomposition, share: float) -> Test:
    def make() -> Finding:
        return PartChanged(
            kpi=scene.kpi,
            size=abs(own.within.value) * share / scene.span,
            rise=own.within.value > 0,
            link=(("unit", unit),),
            names=scene.unit(unit),
            unit=True,
            change=own.within.value,
            part=own.within.value * share,
        )

    return Test(p_of(own.within), make)
