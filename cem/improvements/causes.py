"""Causes: why things go wrong, as a tree that the company keeps, with a starting point for those that have none yet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.errors import CemError
from cem.improvements.models import Cause
from surveys.languages import CODES, N_, Language, normal_text

FILE = Path(__file__).parent / "causes.yaml"
LONGEST_CODE, LONGEST_NAME = 60, 80
KINDS = {
    "people": N_("People (staff)"),
    "process": N_("Process"),
    "policy": N_("Policy"),
    "product": N_("Product"),
    "place": N_("Place (premises)"),
    "partner": N_("Partner"),
    "platform": N_("Platform"),
}


class CauseFault(CemError):
    title = N_("This cause cannot be kept")
    advice = N_(
        "A cause needs a code of small Latin letters, digits and hyphens, a name, one of the seven kinds, and a place "
        "that is not below itself. Nothing was changed."
    )


class Offered(msgspec.Struct, frozen=True):
    """A cause of the starting point."""

    kind: str
    names: dict[str, str]
    parent: str | None = None


@dataclass(frozen=True)
class CauseTree:
    """All causes by their code, retired ones too: cases were closed with them."""

    causes: Mapping[str, Cause]

    @cached_property
    def _children(self) -> Mapping[str | None, list[Cause]]:
        children: dict[str | None, list[Cause]] = {}
        for cause in sorted(self.causes.values(), key=lambda cause: (cause.position, cause.code)):
            children.setdefault(cause.parent, []).append(cause)
        return children

    def walk(self, parent: str | None = None, depth: int = 0) -> Iterator[tuple[Cause, int]]:
        """Every cause in the order of the tree, each with its depth."""
        for cause in self._children.get(parent, ()):
            yield cause, depth
            yield from self.walk(cause.code, depth + 1)

    def below(self, code: str) -> frozenset[str]:
        """A cause and all below it."""
        return frozenset({code, *(cause.code for cause, _ in self.walk(code))})

    @property
    def current(self) -> list[tuple[Cause, int]]:
        """Those that a case may still be closed with."""
        return [(cause, depth) for cause, depth in self.walk() if cause.retired_at is None]

    def name(self, code: str | None, language: Language) -> str:
        """What a cause is called; its code where it is gone."""
        known = self.causes.get(code or "")
        return language.own(known.names) if known is not None else code or ""


@cache
def starting_point() -> Mapping[str, Offered]:
    return msgspec.yaml.decode(FILE.read_bytes(), type=dict[str, Offered])


def read_causes(session: Session) -> CauseTree:
    """The company's causes."""
    return CauseTree({cause.code: cause for cause in session.scalars(select(Cause))})


def begin_causes(session: Session, now: datetime) -> None:
    """The starting point becomes the company's own, once."""
    if session.scalar(select(func.count()).select_from(Cause)):
        return
    for position, (code, offered) in enumerate(starting_point().items(), 1):
        names = dict(offered.names)
        session.add(Cause(code=code, parent=offered.parent, kind=offered.kind, names=names, position=position))
        # One by one: a parent is there before what stands below it.
        session.flush()
    audit(session, now, "cem", "cause:begin", str(len(starting_point())))


def keep_cause(
    session: Session,
    now: datetime,
    actor: str,
    code: str,
    names: Mapping[str, str],
    *,
    kind: str,
    parent: str | None = None,
) -> Cause:
    """Add a cause, or rename or move one; a retired one is taken up again. CauseFault where it cannot be."""
    begin_causes(session, now)
    tree = read_causes(session)
    texts = {language: " ".join(normal_text(names.get(language, "")).split()) for language in CODES}
    texts = {language: text for language, text in texts.items() if text}
    if not _is_code(code) or not texts or any(len(text) > LONGEST_NAME for text in texts.values()):
        raise CauseFault
    if kind not in KINDS or (parent is not None and parent not in tree.causes):
        raise CauseFault
    cause = tree.causes.get(code)
    if cause is not None and parent in tree.below(code):
        raise CauseFault
    replaced = None if cause is None else {"names": cause.names, "kind": cause.kind, "parent": cause.parent}
    if cause is None:
        last = max((one.position for one in tree.causes.values()), default=0)
        cause = Cause(code=code, position=last + 1)
        session.add(cause)
    cause.names, cause.kind, cause.parent, cause.retired_at = texts, kind, parent, None
    session.flush()
    audit(session, now, actor, "cause:keep", code, names=texts, kind=kind, parent=parent, replaced=replaced)
    return cause


def retire_cause(session: Session, now: datetime, actor: str, code: str) -> None:
    """No case is closed with it any more, nor with what stands below it; those that were keep it."""
    tree = read_causes(session)
    if code not in tree.causes:
        raise CauseFault
    for below in sorted(tree.below(code)):
        if tree.causes[below].retired_at is None:
            tree.causes[below].retired_at = now
            audit(session, now, actor, "cause:retire", below)


def _is_code(code: str) -> bool:
    plain = code.isascii() and code == code.lower() and code.replace("-", "").isalnum()
    return 0 < len(code) <= LONGEST_CODE and plain
