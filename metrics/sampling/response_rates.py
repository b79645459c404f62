"""Response rates as AAPOR defines them.

A response rate is a census ratio of what happened; its interval speaks of the process that brought the answers, for
comparing periods, not of whether those who stayed silent think alike.

References
----------
.. [1] AAPOR (2023). Standard Definitions: Final Dispositions of Case Codes and Outcome Rates for Surveys, 10th edition.
"""

from dataclasses import dataclass

from metrics.estimate import Estimate
from metrics.proportions import proportion


@dataclass(frozen=True, slots=True)
class ResponseRates:
    """The six response rates with cooperation, refusal and contact, each in percent with Wilson's interval.

    rr1, rr2 take every unknown case as eligible (the cautious ones), rr3, rr4 the share `eligible_share` of them, rr5,
    rr6 none; the even ones count partial answers too. `eligible_share` (AAPOR's e, CASRO's estimate) is a share in
    0..1, None when nothing is known.
    """

    rr1: Estimate
    rr2: Estimate
    rr3: Estimate
    rr4: Estimate
    rr5: Estimate
    rr6: Estimate
    cooperation: Estimate
    refusal: Estimate
    contact: Estimate
    eligible_share: float | None


def response_rates(
    complete: float,
    partial: float = 0,
    refusal: float = 0,
    non_contact: float = 0,
    other: float = 0,
    unknown_household: float = 0,
    unknown_other: float = 0,
    ineligible: float = 0,
    confidence: float = 0.95,
) -> ResponseRates:
    """The AAPOR rates from the final dispositions of all that were invited.

    Parameters
    ----------
    complete, partial
        Answered in full, answered in part.
    refusal, non_contact, other
        Known to be eligible, and: declined, never reached (or never opened it), could not answer.
    unknown_household, unknown_other
        Not known to be eligible; a bounced message or unknown number is `unknown_other`, not a refusal.
    ineligible
        Known not to be eligible.

    Returns
    -------
    ResponseRates
        Rates in percent; a rate whose denominator is 0 has no value.

    Raises
    ------
    ValueError
        A negative count, or confidence outside 0..1.
    """
    if min(complete, partial, refusal, non_contact, other, unknown_household, unknown_other, ineligible) < 0:
        raise ValueError("a count of invitations cannot be negative")
    answered = complete + partial
    reached = answered + refusal + other
    eligible = reached + non_contact
    unknown = unknown_household + unknown_other
    share = eligible / (eligible + ineligible) if eligible + ineligible else None
    likely = eligible + unknown * (1 if share is None else share)

    def rate(k: float, n: float) -> Estimate:
        return proportion(k, n, confidence)

    return ResponseRates(
        rr1=rate(complete, eligible + unknown),
        rr2=rate(answered, eligible + unknown),
        rr3=rate(complete, likely),
        rr4=rate(answered, likely),
        rr5=rate(complete, eligible),
        rr6=rate(answered, eligible),
        cooperation=rate(complete, reached),
        refusal=rate(refusal, eligible + unknown),
        contact=rate(reached, eligible + unknown),
        eligible_share=share,
    )
