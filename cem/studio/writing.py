"""Files that are written whole, by a process of their own.

The libraries behind Excel, SPSS and Parquet take more memory than all the rest of the server and keep it. A process
that ends gives it back.
"""

import uuid
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import BinaryIO
from zoneinfo import ZoneInfo

from cem.scorecards.offers import read_offers
from cem.studio.exports import FORMATS, read_tables
from surveys.database import create_database
from surveys.formats.csv_export import codebook_lines
from surveys.formats.exports import Export
from surveys.languages import language

_PIECE = 2**18
# One at a time: the next waits, and the machine has room for the answers that come in.
_writing = Lock()


@dataclass(frozen=True)
class Order:
    """What to write: `part` is `responses`, `comments` or `codebook`."""

    database_url: str
    survey_id: uuid.UUID
    export: Export
    zone: str
    ending: str
    part: str
    language: str


def stream_whole(order: Order) -> Iterator[bytes]:
    """A file that can only be sent when it is finished; nothing of it is left on the disk."""
    with TemporaryDirectory() as folder, _writing:
        path = Path(folder) / "export"
        with ProcessPoolExecutor(1, get_context("spawn")) as apart:
            apart.submit(write, order, path).result()
        file = path.open("rb")
    return _pieces(file)


def write(order: Order, path: Path) -> None:
    """What the process does: one file, from a connection of its own that only reads."""
    database = create_database(order.database_url)
    form, spoken = FORMATS[order.ending], language(order.language)
    with closing(database), database.read() as reader:
        tables = read_tables(reader, order.survey_id, read_offers(reader), ZoneInfo(order.zone))
        table = (tables.comments if order.part == "comments" else tables.responses)(reader, order.export)
        with closing(table):
            if order.part == "codebook":
                path.write_bytes(b"".join(codebook_lines(form.writer.entries(table, spoken))))
            else:
                form.writer.write(path, table, spoken)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
