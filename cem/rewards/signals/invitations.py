"""Cherry-picking: who is not asked, and who is asked instead."""

from collections.abc import Iterator, Mapping

from cem.rewards.signals.facts import Parts, SurveyFacts
from cem.rewards.signals.kinds import FEW_INVITED, FEWER_INVITED, INVITED_MIX, LIMITS, Evidence
from metrics import adjust_p_values
from metrics.gaming import MixShift, Odd, Part, mix_shift, rose, stick_out

Found = Iterator[tuple[str, str, Evidence]]


def find_in_invitations(facts: SurveyFacts) -> Found:
    """Signal, unit and evidence."""
    left_out, left_out_before = _not_asked(facts.invited), _not_asked(facts.invited_before)
    limit = LIMITS[FEW_INVITED]
    found = stick_out(left_out, level=limit.level, margin=limit.margin, least=limit.least)
    yield from _told(FEW_INVITED, found)
    limit = LIMITS[FEWER_INVITED]
    found = rose(left_out_before, left_out, level=limit.level, margin=limit.margin, least=limit.least)
    yield from _told(FEWER_INVITED, found)
    yield from _mixes(facts.segments)


def _not_asked(invited: Parts) -> dict[str, Part]:
    return {unit: Part(part.n - part.k, part.n) for unit, part in invited.items()}


def _told(signal: str, found: Mapping[str, Odd]) -> Found:
    for unit, odd in found.items():
        own, others = odd.own, odd.others
        yield (
            signal,
            unit,
            {
                "k": own.n - own.k,
                "n": own.n,
                "share": round(100 - own.percent, 1),
                "others": round(100 - others.percent, 1),
                "others_n": others.n,
            },
        )


def _mixes(segments: Mapping[str, Mapping[str, Part]]) -> Found:
    limit = LIMITS[INVITED_MIX]
    shifts: dict[str, MixShift] = {}
    for unit, parts in segments.items():
        possible = {segment: part.n for segment, part in parts.items() if part.n}
        if sum(possible.values()) < limit.least:
            continue
        shift = mix_shift({segment: parts[segment].k for segment in possible}, possible)
        if shift is not None:
            shifts[unit] = shift
    chances = adjust_p_values([shift.p for shift in shifts.values()], "holm")
    for (unit, shift), p in zip(shifts.items(), chances, strict=True):
        if p is not None and p < limit.level and shift.distance >= limit.margin:
            yield (
                INVITED_MIX,
                unit,
                {
                    "segment": shift.category,
                    "share": round(shift.chosen, 1),
                    "others": round(shift.possible, 1),
                    "n": sum(part.k for part in segments[unit].values()),
                },
            )
