"""A digest as a letter: the same numbers as HTML that mail programs take, and as plain text."""

from typing import Any
from urllib.parse import urlencode

from cem.digests.bars import Axis, axis_of, bar
from cem.digests.digest import Digest, shortened
from cem.digests.subscriptions import Subscriber
from cem.scorecards.privacy import MINIMUM
from cem.scorecards.sentences import ENOUGH, change_in_words, sentence
from cem.settings import Settings
from surveys.delivery.mail import Letter
from surveys.languages import N_
from surveys.links import Links
from surveys.templating import Templates

SUBJECT = N_("%(title)s: %(kpi)s %(value)s")
SUBJECT_ALONE = N_("%(title)s: your digest")


def write_letter(templates: Templates, settings: Settings, one: Subscriber, digest: Digest) -> Letter:
    stop = f"{settings.base_url}/digests/stop/{Links(settings.secret_key).stop(one.account_id)}"
    context = _context(settings, one, digest) | {"stop": stop}
    return Letter(
        subject=_subject(digest),
        text=templates.render(one.language, "email/digest.txt", **context),
        html=templates.render(one.language, "email/digest.html", **context),
        language=one.language.code,
        stop=stop,
    )


def _context(settings: Settings, one: Subscriber, digest: Digest) -> dict[str, Any]:
    card = digest.card
    spoken = urlencode({"lang": one.language.code})
    return {
        "digest": digest,
        "card": card,
        "choice": digest.choice,
        "offers": digest.offers,
        "full_name": one.person.full_name,
        "live": f"{settings.base_url}{digest.choice.address()}&{spoken}",
        "settings_page": f"{settings.base_url}/digests?{spoken}",
        "sentence": sentence,
        "change_in_words": change_in_words,
        "trend_axis": axis_of(card.focus.trend),
        "league_axis": lambda league: Axis(league.low, league.high),
        "bar": bar,
        "shortened": shortened,
        "minimum": MINIMUM,
        "enough": ENOUGH,
    }


def _subject(digest: Digest) -> str:
    """What matters most stands in the list of mails already; a value that is not sure enough does not."""
    language, tile = digest.language, digest.card.focus
    title = language.own(digest.title)
    if not tile.shown or tile.estimate is None or tile.estimate.value is None:
        return language.fill(SUBJECT_ALONE, {"title": title})
    value = tile.kpi.write(language, tile.estimate.value, tile.places)
    return language.fill(SUBJECT, {"title": title, "kpi": tile.kpi.short_name(language), "value": value})
