"""Exports: which responses, in which format, under which name, and the audit row that each leaves."""

import os
import re
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import import_module
from pathlib import Path
from tempfile import mkstemp
from typing import Protocol, cast
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.errors import BadInput, CemError
from cem.scorecards.offers import CHANNEL_NAMES, Offers
from cem.scorecards.privacy import MINIMUM
from surveys.company import CHANNELS
from surveys.database import Database
from surveys.formats.codebook import Entry
from surveys.formats.columns import Value, ours
from surveys.formats.csv_export import codebook_lines, lines
from surveys.formats.exports import BATCH, Export, Places, SurveyTables, Table, count_responses, read_versions
from surveys.languages import N_, Language
from surveys.models import Tally
from surveys.tallies import Where


class TooFew(CemError):
    title = N_("Too few answers to export")
    advice = N_(
        "The survey is anonymous, and so few answers would tell who gave them. Choose a longer period or a larger part "
        "of the company."
    )


class TooMany(CemError):
    status = 413
    title = N_("Too many answers for this format here")
    advice = N_(
        "Choose CSV or a shorter period, or ask your administrator for the command “cem responses export”, which has "
        "no such limit."
    )


class Writer(Protocol):
    """What each module of a format has."""

    def write(self, path: Path, table: Table, spoken: Language) -> None:
        """Write the table to a new file, its labels in this language."""

    def entries(self, table: Table, spoken: Language) -> Iterator[Entry]:
        """The codebook of the file."""


@dataclass(frozen=True)
class Format:
    """A kind of file; `codebook_beside` where the file itself has no room for one."""

    name: str
    media_type: str
    module: str
    codebook_beside: bool = False

    @property
    def writer(self) -> Writer:
        # The libraries behind some formats are large, and a server may never need them.
        return cast(Writer, import_module(self.module))


FORMATS = {
    "csv": Format("CSV", "text/csv", "surveys.formats.csv_export", codebook_beside=True),
    "xlsx": Format(
        "Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "surveys.formats.xlsx_export"
    ),
    "sav": Format("SPSS", "application/x-spss-sav", "surveys.formats.spss_export"),
    "parquet": Format(
        "Parquet", "application/vnd.apache.parquet", "surveys.formats.parquet_export", codebook_beside=True
    ),
}
# A file that is written before it is sent keeps a browser waiting: so many responses at most, a minute of Excel's.
LARGEST_WHOLE = 200_000
_CHANNELS = select(Tally.channel).distinct()
# What some file system or header does not take in a name, and what would show it otherwise than it is.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f"*/:<>?\\|\u200e\u200f\u202a-\u202e\u2066-\u2069]')


def read_tables(session: Session, survey_id: uuid.UUID, offers: Offers, zone: ZoneInfo) -> SurveyTables:
    """The tables of a survey, with the company's names for its codes."""
    places: Places = {
        "touchpoint": {code: touchpoint.names for code, touchpoint in offers.touchpoints.items()},
        "unit": {code: unit.names for code, unit in offers.units.items()},
        "segment": {code: segment.names for code, segment in offers.segments.items()},
        "channel": {code: ours(name) for code, name in CHANNEL_NAMES.items()},
    }
    return SurveyTables(read_versions(session, survey_id), zone, places)


def count_exported(session: Session, tables: SurveyTables, export: Export) -> int:
    """How many responses go out; TooFew where they would tell who answered anonymously."""
    rows = count_responses(session, export)
    if tables.anonymous and rows < MINIMUM:
        raise TooFew(TooFew.advice)
    return rows


def read_where(
    session: Session,
    survey_id: uuid.UUID,
    offers: Offers,
    *,
    unit: str | None = None,
    touchpoint: str | None = None,
    channel: str | None = None,
) -> Where:
    """The limits of these codes; BadInput where the company has no such place."""
    possible = {
        "unit": (unit, offers.units),
        "touchpoint": (touchpoint, offers.touchpoints),
        # A link may name a channel that no touchpoint has.
        "channel": (channel, {*CHANNELS, *session.scalars(_CHANNELS.where(Tally.survey_id == survey_id))}),
    }
    for name, (code, known) in possible.items():
        if code and code not in known:
            raise BadInput(f"There is no {name} {code!r}.")
    return Where(
        survey_id,
        touchpoints=[touchpoint] if touchpoint else None,
        units=offers.subtree(unit) if unit else None,
        channels=[channel] if channel else None,
    )


def record_export(
    session: Session, now: datetime, actor: str, survey: str, export: Export, rows: int, **details: str
) -> None:
    """The audit row: who took how many responses of what; `details` has the format and the limits that were asked."""
    days = {"from": export.start and export.start.isoformat(), "until": export.end and export.end.isoformat()}
    given = {name: value for name, value in (days | details).items() if value}
    audit(session, now, actor, "responses:export", survey, rows=rows, quality=" ".join(export.qualities), **given)


def write_files(
    files: ExitStack,
    session: Session,
    path: Path,
    form: Format,
    tables: SurveyTables,
    export: Export,
    spoken: Language,
    advance: Callable[[int], None],
) -> list[Path]:
    """Write an export and what belongs beside it; all of it is there when `files` is closed, or none."""
    parts = [(path, tables.responses(session, export))]
    if tables.parted:
        parts.append((path.with_suffix(f".comments{path.suffix}"), tables.comments(session, export)))
    written = []
    for file, table in parts:
        files.callback(table.close)
        rows = _told(table.rows, advance) if file == path else table.rows
        form.writer.write(files.enter_context(finished(file)), replace(table, rows=rows), spoken)
        written.append(file)
        if form.codebook_beside:
            book = file.with_suffix(".codebook.csv")
            files.enter_context(finished(book)).write_bytes(
                b"".join(codebook_lines(form.writer.entries(table, spoken)))
            )
            written.append(book)
    return written


def _told(rows: Iterator[list[Value]], advance: Callable[[int], None]) -> Iterator[list[Value]]:
    """The rows, with their number told from time to time."""
    for number, row in enumerate(rows, 1):
        if not number % BATCH:
            advance(number)
        yield row


@contextmanager
def finished(path: Path) -> Iterator[Path]:
    """A path to write to, which takes the place of `path` when all is written; until then `path` is as it was."""
    handle, name = mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    beside = Path(name)  # readable for its owner alone, because it holds what customers said
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def stream_csv(
    database: Database, part: Callable[[Session, Export], Table], export: Export
) -> Generator[bytes, None, None]:
    """A table in pieces, in a transaction of its own that lasts as long as somebody reads on."""
    with database.read() as session, closing(part(session, export)) as table:
        yield from lines(table)


def attachment(plain: str, title: str) -> str:
    """The header that names a download (RFC 6266): `plain` for every browser, `title` in any letters (RFC 5987)."""
    name = _UNSAFE.sub(" ", title).strip(". ")[:120]
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
