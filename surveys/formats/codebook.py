"""The codebook of a file: each column with its question and words, each code with its label, each missing value."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from surveys.formats.columns import MISSING_LABELS, Column, Missing
from surveys.languages import N_, Language

EMPTY = N_("(empty)")


class Entry(NamedTuple):
    """A column, or one of its values; a note about the whole file stands in no column."""

    column: str
    label: str
    kind: str = ""
    type: str = ""
    question: str = ""
    option: str = ""
    series: str = ""
    versions: str = ""
    value: str | float = ""
    value_label: str = ""


def codebook(
    columns: Iterable[Column],
    notes: Iterable[str],
    spoken: Language,
    code_of: Callable[[Column, Missing], str | float] | None = None,
) -> Iterator[Entry]:
    """The entries of a file in one language.

    `code_of` is how the file writes a missing value: otherwise its name, and an empty cell where nothing was answered.
    """
    for note in notes:
        yield Entry("", spoken.gettext(note))
    for column in columns:
        label, versions = spoken.own(column.label), " ".join(map(str, column.versions))
        named = (column.name, label, column.kind, column.type, column.question, column.option, column.series, versions)
        yield Entry(*named)
        for value, text in column.values.items():
            yield Entry(column.name, label, value=value, value_label=spoken.own(text))
        for missing in sorted(column.missing):
            name = spoken.gettext(EMPTY) if missing is Missing.NOT_ANSWERED else missing.value
            code = code_of(column, missing) if code_of else name
            yield Entry(column.name, label, value=code, value_label=spoken.gettext(MISSING_LABELS[missing]))
