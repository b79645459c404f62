"""The pages of comments: what they add up to, what customers wrote, and the topics that the company keeps."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect
from sqlalchemy.orm import Session

from cem.comments.corrections import SENTIMENTS, UnknownComment, correct, find_reading
from cem.comments.figures import keywords_figure, topic_kpi_figure, topics_figure
from cem.comments.findings import keywords_of, topic_table
from cem.comments.learning import LEAST, REASONS, model_state
from cem.comments.lists import LANGUAGES, SENTIMENT_NAMES, list_comments, read_narrowing
from cem.comments.taxonomy import keep_topic, read_taxonomy, retire_topic
from cem.people.accounts import Person
from cem.roles import Action
from cem.scorecards.asking import Asking, read_sent
from cem.scorecards.choices import filters
from cem.scorecards.disclosure import closed_series
from cem.scorecards.privacy import MINIMUM
from cem.settings import Settings
from cem.templating import Show
from surveys.database import day_of, utc_now

SIGNS = {"positive": "▲", "negative": "▼", "mixed": "◆", "unknown": "○"}


@dataclass
class CorrectionForm:
    """`choice` is the query of the page that it was sent from."""

    response: str = ""
    choice: str = ""
    sentiment: str = ""
    topics: list[str] | str | None = None


@dataclass
class TopicForm:
    code: str = ""
    name_fa: str = ""
    name_en: str = ""
    words_fa: str = ""
    words_en: str = ""
    retire: str = ""


class CommentPages(Controller):
    path = "/comments"

    @get("/", sync_to_thread=True, opt={"action": Action.COMMENTS_READ})
    def show_comments(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
        asking: NamedDependency[Asking],
    ) -> Response[bytes]:
        """What customers wrote in a part of the company, and what it adds up to."""
        view, taxonomy = asking.read(without_kpi=True), read_taxonomy(reader)
        choice, offers = view.choice, view.offers
        narrowing = read_narrowing(request.query_params, taxonomy)
        listed = list_comments(reader, choice, narrowing, show.language)
        table = topic_table(reader, choice, offers.surveys[choice.survey].questionnaire)
        # Few words of an anonymous survey would tell who wrote them, and so would a KPI that a list hides elsewhere.
        few = choice.anonymous and 0 < table.comments < MINIMUM
        closed = few or (choice.kpi != "" and choice.kpi in closed_series(reader, choice, offers))
        words = () if closed else keywords_of(reader, choice)
        figures = []
        if table.lines and not closed:
            figures = [
                topics_figure(show.language, table, taxonomy),
                topic_kpi_figure(show.language, choice.focus, table, taxonomy) if choice.kpis else None,
            ]
        if words:
            figures.append(keywords_figure(show.language, words))
        published, refused = model_state(reader)
        return show(
            "comments/show.html",
            **filters(choice, offers, show.language, view.today),
            narrowing=narrowing,
            listed=listed,
            few=few,
            closed=closed,
            table=table,
            taxonomy=taxonomy,
            words=words,
            figures=[one for one in figures if one],
            published=published,
            refused=refused,
            reasons=REASONS,
            least=LEAST,
            minimum=MINIMUM,
            zone=settings.zone,
            languages=LANGUAGES,
            sentiment_names=SENTIMENT_NAMES,
            sentiments=SENTIMENTS,
            signs=SIGNS,
        )

    @post("/corrections", sync_to_thread=True, status_code=303, opt={"action": Action.COMMENTS_CORRECT})
    def correct_comment(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[CorrectionForm],
        show: NamedDependency[Show],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Redirect:
        """Say what a comment means, and go back to the list."""
        now = utc_now()
        choice = read_sent(data.choice, session, request.user, show, day_of(now, settings.zone)).choice
        reading = find_reading(session, choice.survey_id, data.response)
        if choice.units is not None and reading.unit not in choice.units:
            raise UnknownComment
        taxonomy = read_taxonomy(session)
        topics = [data.topics] if isinstance(data.topics, str) else data.topics or []
        known = [topic.code for topic in taxonomy.current]
        correct(session, now, request.user.name, reading, sentiment=data.sentiment, topics=topics, known=known)
        query = read_narrowing(dict(parse_qsl(data.choice)), taxonomy).query(choice)
        return Redirect(f"/comments?{query}#comment-{reading.response_id.hex}", status_code=303)

    @get("/topics", sync_to_thread=True, opt={"action": Action.COMMENTS_READ})
    def show_topics(self, show: NamedDependency[Show], reader: NamedDependency[Session]) -> Response[bytes]:
        """The topics that comments are sorted by, with the words that tell them."""
        return show("comments/topics.html", taxonomy=read_taxonomy(reader))

    @post("/topics", sync_to_thread=True, status_code=303, opt={"action": Action.TOPICS_KEEP})
    def keep_topic(
        self,
        request: Request[Person, Any, Any],
        data: URLEncodedBody[TopicForm],
        session: NamedDependency[Session],
    ) -> Redirect:
        """Add, change or retire a topic; comments are read again by the next job."""
        now, actor = utc_now(), request.user.name
        if data.retire:
            retire_topic(session, now, actor, data.code)
        else:
            names = {"fa": data.name_fa, "en": data.name_en}
            keep_topic(session, now, actor, data.code, names, {"fa": data.words_fa, "en": data.words_en})
        return Redirect(f"/comments/topics#topic-{data.code}", status_code=303)
