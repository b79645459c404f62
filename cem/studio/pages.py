"""The page from which responses are downloaded."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.response import Stream
from sqlalchemy.orm import Session

from cem.people.accounts import Person
from cem.roles import Action
from cem.scorecards.choices import Choice, UnknownChoice, read_choice
from cem.scorecards.offers import CHANNEL_NAMES, Offers, read_offers
from cem.scorecards.periods import offered_periods
from cem.scorecards.privacy import MINIMUM
from cem.settings import Settings
from cem.studio.exports import (
    FORMATS,
    LARGEST_WHOLE,
    Format,
    TooMany,
    attachment,
    count_exported,
    read_tables,
    record_export,
    stream_csv,
)
from cem.studio.writing import Order, stream_whole
from cem.templating import Show
from surveys.database import Database, day_of, utc_now
from surveys.formats.exports import Export

# What a download may be of; a codebook is a CSV file whatever the format of the responses.
PARTS = ("responses", "comments", "codebook")


class ExportPages(Controller):
    path = "/studio/exports"

    @get("/", sync_to_thread=True, opt={"action": Action.RESPONSES_EXPORT})
    def show_form(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Response[bytes]:
        """What to download, in which format."""
        today = day_of(utc_now(), settings.zone)
        offers = read_offers(reader)
        choice = read_choice(request.query_params, offers, request.user, show.language.calendar, today)
        if choice is None:
            return show("scorecards/empty.html", choice=choice, offers=offers)
        return show(
            "studio/exports.html",
            choice=choice,
            offers=offers,
            units=offers.units,
            top=None,
            channel_names=CHANNEL_NAMES,
            periods=list(offered_periods(show.language.calendar, today)),
            formats=FORMATS,
            chosen=request.query_params.get("format", "csv"),
            anonymous=any(survey.questionnaire.anonymous for survey in offers.surveys.values()),
            largest=LARGEST_WHOLE,
            minimum=MINIMUM,
        )

    @get("/download", sync_to_thread=True, opt={"action": Action.RESPONSES_EXPORT})
    def download(
        self,
        request: Request[Person, Any, Any],
        show: NamedDependency[Show],
        reader: NamedDependency[Session],
        session: NamedDependency[Session],
        settings: NamedDependency[Settings],
    ) -> Stream:
        """The file. Its audit row is on disk before its first byte leaves."""
        now = utc_now()
        offers = read_offers(reader)
        today = day_of(now, settings.zone)
        choice = read_choice(request.query_params, offers, request.user, show.language.calendar, today)
        ending, part = request.query_params.get("format", "csv"), request.query_params.get("part", "responses")
        if choice is None or ending not in FORMATS or part not in PARTS:
            raise UnknownChoice
        database: Database = request.app.state.database
        form = FORMATS[ending]
        tables = read_tables(reader, choice.survey_id, offers, settings.zone)
        export = Export(choice.where(), choice.period.start, choice.period.end)
        order = Order(database.address, choice.survey_id, export, settings.timezone, ending, part, show.language.code)
        if part == "codebook":
            return _file(stream_whole(order), FORMATS["csv"], choice, offers, show, "codebook.csv")
        rows = count_exported(reader, tables, export)
        chosen = tables.responses if part == "responses" else tables.comments
        if ending == "csv":
            pieces: Iterator[bytes] = stream_csv(database, chosen, export)
        elif rows > LARGEST_WHOLE:
            raise TooMany
        else:
            pieces = stream_whole(order)
        first = next(pieces, b"")  # what goes wrong at the start is answered with a page, not with half a file
        limits = {"unit": choice.unit, "touchpoint": choice.touchpoint, "channel": choice.channel}
        actor = request.user.name
        record_export(session, now, actor, choice.survey, export, rows, format=ending, part=part, **limits)
        suffix = ending if part == "responses" else f"{part}.{ending}"
        return _file(chain((first,), pieces), form, choice, offers, show, suffix)


def _file(pieces: Iterator[bytes], form: Format, choice: Choice, offers: Offers, show: Show, suffix: str) -> Stream:
    """A download that is named after its survey and period."""
    period = choice.period
    months = "_".join(sorted({str(period.first), str(period.last)}))
    title = f"{show.language.own(offers.surveys[choice.survey].title)} {period.span(show.language)}"
    name = attachment(f"{choice.survey}_{months}.{suffix}", f"{title}.{suffix}")
    headers = {"content-disposition": name, "cache-control": "no-store"}
    return Stream(pieces, media_type=form.media_type, headers=headers)
