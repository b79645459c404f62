"""The responses behind a number, and one response by itself."""

import uuid
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from cem.errors import NotFound
from cem.explorer.cuts import SCORE_GROUPS, offered_cuts
from cem.explorer.limits import answer_limits, read_limits
from cem.people.accounts import Person
from cem.responses.lists import Wanted, read_behind, read_one, read_wanted, score_options
from cem.roles import Action, scope_of
from cem.scorecards.asking import Asking
from cem.scorecards.choices import Choice, filters, read_choice
from cem.scorecards.offers import CHANNEL_NAMES, read_offers
from cem.scorecards.privacy import MINIMUM
from cem.settings import Settings
from cem.templating import Show
from metrics import Histogram
from surveys.database import day_of, utc_now
from surveys.languages import language


class ResponsePages(Controller):
    path = "/responses"

    @get("/", sync_to_thread=True, opt={"action": Action.RESPONSES_READ})
    def show_list(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        asking: NamedDependency[Asking],
    ) -> Response[bytes]:
        """How many responses a number counts, their scores, and the responses page by page."""
        view, asked = asking.read(), request.query_params
        offers = view.offers
        choice = read_limits(asked, view.choice, offers, answer_limits(asked))
        questionnaire = offers.surveys[choice.survey].questionnaire
        wanted = read_wanted(asked, choice, questionnaire)
        behind = read_behind(reader, choice, offers, wanted, show.language, words=_words(request.user))
        cuts = offered_cuts(choice, offers, questionnaire)
        kept = {"score": asked.get("score", ""), "quality": asked.get("quality", "")}
        return show(
            "responses/list.html",
            **filters(choice, offers, show.language, view.today),
            limits={name: cuts[name] for name in ("segment", "language") if name in cuts},
            cuts=cuts,
            behind=behind,
            wanted=wanted,
            bars=_bars(choice, wanted, behind.counted),
            score=kept["score"],
            scores=score_options(choice, questionnaire),
            score_names=SCORE_GROUPS,
            following=behind.following and f"/responses?{choice.query(**kept, after=str(behind.following))}",
            first=f"/responses?{choice.query(**kept)}" if wanted.after else "",
            spoken=language,
            minimum=MINIMUM,
        )

    @get("/{survey:str}/{identity:str}", sync_to_thread=True, opt={"action": Action.RESPONSES_READ})
    def show_one(
        self,
        request: Request[Person, Any, Any],
        survey: FromPath[str],
        identity: FromPath[str],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """One response; what is not there and what is not theirs are answered alike."""
        offers, today = read_offers(reader), day_of(utc_now(), settings.zone)
        choice = read_choice({"survey": survey}, offers, request.user, show.language.calendar, today)
        try:
            wanted = uuid.UUID(hex=identity)
        except ValueError:
            raise NotFound from None
        found = choice and read_one(reader, choice, wanted, show.language, words=_words(request.user))
        if choice is None or found is None:
            raise NotFound
        return show(
            "responses/one.html",
            choice=choice,
            offers=offers,
            channel_names=CHANNEL_NAMES,
            given=found,
            spoken=language,
        )


def _words(person: Person) -> bool:
    return scope_of(person.role, Action.COMMENTS_READ) is not None


def _bars(choice: Choice, wanted: Wanted, counted: Histogram | None) -> list[dict[str, Any]]:
    """Each score with how many gave it, in percent of the most frequent, and whether the list has it."""
    if counted is None or not counted.n:
        return []
    most = max(counted.counts)
    return [
        {
            "score": score,
            "n": int(counted.counts[score]),
            "size": round(100 * counted.counts[score] / most, 1),
            "share": 100 * counted.counts[score] / counted.n,
            "chosen": wanted.scores is None or score in wanted.scores,
        }
        for score in reversed(choice.focus.points)
    ]
