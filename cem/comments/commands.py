"""`cem comments`: read what waits, train a model, measure it, and look for new topics."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from sqlalchemy import select

from cem.comments.learning import GAIN, collect, keep_model, learn
from cem.comments.models import CommentReading
from cem.comments.readings import prepare, read_waiting
from cem.comments.taxonomy import read_taxonomy
from cem.errors import BadInput
from cem.serving import opened
from cem.settings import read_settings
from metrics.text.evaluation import Quality, assess
from metrics.text.lexicon import opinion, read
from surveys.database import utc_now

ACTOR = "command line"
LABELS = {"positive": True, "happy": True, "1": True, "negative": False, "sad": False, "0": False}


@click.group()
def comments() -> None:
    """What customers write: read, train, evaluate, propose."""


@comments.command("read")
def read_comments() -> None:
    """Read the comments that are new, or whose topics or model have changed."""
    with opened() as database, _bar("Reading comments") as progress:
        task = progress.add_task("", total=None)
        done = read_waiting(database, read_settings(), utc_now(), lambda n: progress.update(task, completed=n))
    click.echo(f"{done} comments read.")


@comments.command()
def train() -> None:
    """Train a model on the scored comments, and publish it if it is worth it."""
    with opened() as database, _bar("Training") as progress:
        read_waiting(database, read_settings(), utc_now())
        with database.read() as session:
            lesson = collect(session)
        task = progress.add_task("", total=None)
        trained = learn(lesson, lambda done, of: progress.update(task, completed=done, total=of))
        with database.write() as session:
            model = keep_model(session, utc_now(), ACTOR, trained)
            published = model.published_at is not None
    click.echo(f"{len(lesson.words)} comments, {lesson.corrected} of them corrected by people.")
    _print(trained.quality)
    if published:
        click.echo("Published. The comments are read again by the next `cem comments read`.")
    else:
        click.echo(f"Not published: its macro-F1 is less than {GAIN:.2f} above the baseline. The state before stays.")


@comments.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def evaluate(file: Path) -> None:
    """Measure what is in use on a CSV with the columns comment and label (positive or negative)."""
    texts, truth = _labelled(file)
    with opened() as database, database.read() as session:
        reader = prepare(session, read_taxonomy(session), utc_now())
    if reader.model is None:
        labels = [opinion(text).label for text in texts]
        decided = [(label == "positive", yes) for label, yes in zip(labels, truth, strict=True) if label in LABELS]
        right = sum(said == yes for said, yes in decided)
        click.echo(f"No model is published; word lists decide {len(decided)} of {len(texts)} and are right in {right}.")
        return
    _print(assess([reader.model.probability(read(text)) for text in texts], truth))


@comments.command()
@click.option("--number", type=click.IntRange(2, 30), default=8, show_default=True, help="How many topics to look for.")
def propose(number: int) -> None:
    """Print topics that the taxonomy does not have: words that come together in comments without a topic."""
    from metrics.text import proposals  # noqa: PLC0415 - scikit-learn

    with opened() as database, database.read() as session:
        rows = session.execute(
            select(CommentReading.words, CommentReading.topics)
            .where(CommentReading.quality == "valid")
            .order_by(CommentReading.day.desc(), CommentReading.response_id.desc())
            .limit(20_000)
        ).all()
    texts = [row.words for row in rows if not row.topics]
    if len(texts) < proposals.LEAST:
        raise BadInput(f"{len(texts)} comments have no topic yet; proposals need {proposals.LEAST}.")
    with _bar("Looking for topics") as progress:
        task = progress.add_task("", total=None)
        found = proposals.propose(texts, number, lambda done, of: progress.update(task, completed=done, total=of))
    for proposal in found:
        click.echo(f"{', '.join(proposal.words)}\n    {proposal.comments} comments, stability {proposal.stability:.2f}")
        for example in proposal.examples:
            click.echo(f"    - {texts[example][:120]}")
    click.echo(
        f"{len(found)} topics came back from five starting points. Name those that you want on /comments/topics."
    )


@contextmanager
def _bar(title: str) -> Iterator[Progress]:
    console = Console(stderr=True)
    with Progress(TextColumn(title), BarColumn(), console=console, disable=not console.is_terminal) as progress:
        yield progress


def _labelled(file: Path) -> tuple[list[str], list[bool]]:
    with file.open(encoding="utf-8-sig", newline="") as source:
        rows = csv.DictReader(source)
        if not {"comment", "label"} <= set(rows.fieldnames or ()):
            raise BadInput(f"{file.name} needs the columns comment and label.")
        known = [(row["comment"], LABELS[row["label"].lower()]) for row in rows if row["label"].lower() in LABELS]
    if not known:
        raise BadInput(f"{file.name} has no row whose label is positive or negative.")
    return [text for text, _ in known], [label for _, label in known]


def _print(quality: Quality) -> None:
    (found, missed), (lost, kept) = quality.confusion
    click.echo(f"accuracy {quality.accuracy:.3f}, macro-F1 {quality.macro_f1:.3f}")
    click.echo(f"always the larger class: accuracy {quality.majority:.3f}; guessing: macro-F1 {quality.baseline:.3f}")
    click.echo(
        f"sure from {quality.sure:.2f}: {quality.decided:.1%} of the comments, {quality.decided_right:.1%} right"
    )
    click.echo(f"negative: {found} found, {missed} taken for positive")
    click.echo(f"positive: {kept} found, {lost} taken for negative")
    click.echo(f"Brier score {quality.brier:.3f}")
