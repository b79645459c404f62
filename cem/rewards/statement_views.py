"""What a statement's page shows of a result: measures on their curves, gates, the way to the amount, what moved it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from cem.rewards.calculation import GateLine, Line
from cem.rewards.curve_drawings import CurveDrawing, Standing, draw_curve
from cem.rewards.measure_names import Named, named
from cem.rewards.statement_words import explain, gate_in_words
from cem.rewards.statements import Result, WorkedPart
from cem.rewards.terms import Measure, Terms
from cem.scorecards.offers import Offers
from surveys.languages import N_, Language

GATES = "gates"
_WHOLE_COMPANY = N_("Whole company")


@dataclass(frozen=True)
class MeasureView:
    """One measure of a unit."""

    known: Named
    measure: Measure
    line: Line
    drawing: CurveDrawing
    sentences: tuple[str, ...]

    @property
    def pay(self) -> float | None:
        """What it pays, in percent."""
        return None if self.line.pay is None else 100 * float(Fraction(self.line.pay))

    @staticmethod
    def share(text: str) -> float:
        """A share that is kept as a fraction, in percent."""
        return 100 * float(Fraction(text))

    @property
    def weight(self) -> float:
        """Its part of the score, in percent, after the weights of those without data went to the others."""
        return 100 * float(Fraction(self.line.counted_weight or 0))

    @property
    def points(self) -> float:
        """Its points of the score."""
        return 100 * float(Fraction(self.line.points or 0))


@dataclass(frozen=True)
class GateView:
    known: Named
    gate: GateLine
    words: str


@dataclass(frozen=True)
class Step:
    """One step from the points to the score, or from the target amount to what is paid."""

    name: str
    written: str
    # The result of the steps above it.
    whole: bool = False


@dataclass(frozen=True)
class UnitView:
    """What somebody worked in one unit, and how its score came about."""

    name: str
    worked: WorkedPart
    measures: tuple[MeasureView, ...]
    gates: tuple[GateView, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Move:
    """By how many points of the score a measure, or gates and limits, moved it."""

    name: str
    points: float


@dataclass(frozen=True)
class Reader:
    """For whom a result is put into words."""

    session: Session
    offers: Offers
    language: Language

    def unit_name(self, code: str | None) -> str:
        unit = self.offers.units.get(code or "")
        return self.language.own(unit.names) if unit else self.language.gettext(_WHOLE_COMPANY)

    def units(self, result: Result) -> tuple[UnitView, ...]:
        """Each unit that somebody worked in."""
        return tuple(self._unit(result.terms, worked) for worked in result.parts)

    def steps(self, result: Result) -> Iterator[Step]:
        """From the target amount to what is paid."""
        language, trace = self.language, result.trace
        for worked in result.parts:
            part = worked.part
            name = self.unit_name(part.unit)
            yield Step(
                language.fill(N_("Target amount, %(unit)s"), {"unit": name}), language.number(part.target_amount)
            )
            share = Fraction(part.share)
            if share != 1:
                yield Step(language.gettext(N_("times your share in this unit")), _percent(language, share))
            days = {"days": language.number(part.eligible_days), "all": language.number(trace.period_days)}
            yield Step(language.gettext(N_("times your days")), language.fill(N_("%(days)s of %(all)s"), days))
            score = "–" if part.score is None else _percent(language, Fraction(part.score), 2)
            yield Step(language.gettext(N_("times the score")), score)
        if trace.exact is None:
            return
        yield Step(language.gettext(N_("makes")), language.number(float(Fraction(trace.exact))), whole=True)
        factor = result.run.factor
        if factor is not None and factor != 1:
            text = N_("times the pool factor: there was less to pay than all together had earned")
            yield Step(language.gettext(text), _percent(language, factor, 2))
        paid = language.number(trace.paid or 0)
        rounding = {"unit": language.number(trace.rounding_unit)}
        yield Step(language.fill(N_("rounded to whole %(unit)s"), rounding), paid, whole=True)

    def moves(self, result: Result, before: Result | None) -> tuple[Move, ...]:
        """What the score gained and lost since the statement before; none where either has no score."""
        if before is None or result.score is None or before.score is None:
            return ()
        now, then = result.points(), before.points()
        found = [
            Move(self._name(result if code in now else before, code), 100 * float(now.get(code, 0) - then.get(code, 0)))
            for code in dict.fromkeys([*now, *then])
        ]
        limits = (result.score - sum(now.values())) - (before.score - sum(then.values()))
        if limits:
            found.append(Move(self.language.gettext(N_("Conditions, cap and floor")), 100 * float(limits)))
        return tuple(sorted(found, key=lambda move: -abs(move.points)))

    def _name(self, result: Result, code: str) -> str:
        return named(self.session, self.offers, result.terms.measure[code]).name(self.language)

    def _unit(self, terms: Terms, worked: WorkedPart) -> UnitView:
        gates = {gate.code: gate for gate in terms.gates}
        return UnitView(
            self.unit_name(worked.part.unit),
            worked,
            tuple(self.measure(terms, terms.measure[line.measure], line) for line in worked.unit.lines),
            tuple(
                GateView(named(self.session, self.offers, gates[gate.gate]), gate, gate_in_words(self.language, gate))
                for gate in worked.unit.gates
            ),
            tuple(_score_steps(self.language, worked, self._gate_name(terms))),
        )

    def _gate_name(self, terms: Terms) -> Callable[[str], str]:
        gates = {gate.code: gate for gate in terms.gates}
        return lambda code: named(self.session, self.offers, gates[code]).name(self.language)

    def measure(self, terms: Terms, measure: Measure, line: Line) -> MeasureView:
        """One measure on its curve, with what was made of it in words."""
        known = named(self.session, self.offers, measure)
        place = self.unit_name(line.snapshot.unit if line.snapshot else None)
        return MeasureView(
            known,
            measure,
            line,
            draw_curve(measure.curve, _standing(line), mirrored=self.language.persian),
            tuple(explain(self.language, line, measure, known, terms, place)),
        )


def _standing(line: Line) -> Standing:
    snapshot = line.snapshot
    if snapshot is None or line.used not in {"own", "parent"}:
        return Standing()
    value, low, high, read_at, pay = (
        None if text is None else Fraction(text)
        for text in (snapshot.value, snapshot.low, snapshot.high, line.read_at, line.pay)
    )
    return Standing(value, low, high, read_at, pay, line.reason)


def _score_steps(language: Language, worked: WorkedPart, gate_name: Callable[[str], str]) -> Iterator[Step]:
    """From the points of the measures to the score of the unit."""
    unit = worked.unit
    if unit.weighted is None or unit.score is None:
        return
    score, gated = Fraction(unit.score), Fraction(unit.gated or unit.score)
    if score != Fraction(unit.weighted):
        text = language.gettext(N_("The points together"))
        yield Step(text, _percent(language, Fraction(unit.weighted), 2), whole=True)
    for gate in unit.gates:
        if not gate.open and gate.factor is not None:
            told = language.fill(N_("times, because a condition was not met: %(gate)s"), {"gate": gate_name(gate.gate)})
            yield Step(told, language.number(float(Fraction(gate.factor)), 2))
    if score < gated:
        text = language.gettext(N_("but at most the cap of the plan"))
        yield Step(text, _percent(language, Fraction(unit.cap or 0)))
    elif score > gated:
        text = language.gettext(N_("but at least the floor of the plan"))
        yield Step(text, _percent(language, Fraction(unit.floor or 0)))
    yield Step(language.gettext(N_("Final score")), _percent(language, score, 2), whole=True)


def _percent(language: Language, share: Fraction, places: int = 0) -> str:
    return language.percent(100 * float(share), places)
