"""All signals of a run's measures together: some stop a measure only where another one agrees."""

from collections.abc import Iterable, Iterator, Sequence

from cem.rewards.signals.answers import find_in_answers
from cem.rewards.signals.facts import MeasureFacts, SurveyFacts
from cem.rewards.signals.invitations import find_in_invitations
from cem.rewards.signals.kinds import CONFIRMING, LIMITS, REVIEW, TOP_SCORES, Evidence, Finding
from cem.rewards.signals.scores import find_in_scores


def find_signals(measures: Sequence[MeasureFacts]) -> list[Finding]:
    """Every signal at every measure, those that stop one first; what is of a survey is of all that it feeds."""
    shared: dict[int, list[tuple[str, str, Evidence]]] = {}
    found: list[Finding] = []
    for facts in measures:
        survey = facts.survey
        if id(survey) not in shared:
            shared[id(survey)] = list(_in_survey(survey))
        found += _confirmed(facts.measure.code, [*shared[id(survey)], *find_in_scores(facts)])
    return sorted(found, key=lambda one: (one.reaction, one.unit, one.signal, one.measure))


def _in_survey(survey: SurveyFacts) -> Iterator[tuple[str, str, Evidence]]:
    yield from find_in_invitations(survey)
    yield from find_in_answers(survey)


def _confirmed(measure: str, signals: Iterable[tuple[str, str, Evidence]]) -> Iterator[Finding]:
    """Nearly only the highest score is a question as long as nothing else speaks against the unit."""
    signals = list(signals)
    seen = {(signal, unit) for signal, unit, _ in signals}
    for signal, unit, evidence in signals:
        reaction, told = LIMITS[signal].reaction, dict(evidence)
        if signal == TOP_SCORES:
            beside = [other for other in CONFIRMING if (other, unit) in seen]
            told |= {"beside": " ".join(beside)} if beside else {}
            reaction = reaction if beside else REVIEW
        yield Finding(signal=signal, unit=unit, measure=measure, reaction=reaction, evidence=told)
