"""Remedies, reply templates and causes: what the company keeps ready for those who answer customers."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cem.audit import audit
from cem.cases.models import Remedy, ReplyTemplate
from cem.errors import CemError, NotFound
from cem.improvements.models import Cause
from surveys.languages import CODES, N_, normal_text

Entry = TypeVar("Entry", Remedy, ReplyTemplate)
LONGEST_NAME, LONGEST_TEXT = 120, 4000
MOST_RIALS = 10**12


class CatalogueFault(CemError):
    title = N_("This cannot be kept")
    advice = N_("Give a name in at least one language, a text for a template, and a limit in whole rials.")


class UnknownEntry(NotFound):
    title = N_("There is no such entry")
    advice = N_("It may have been withdrawn meanwhile. Open the page again.")


def remedies(session: Session) -> list[Remedy]:
    """The remedies that may be given, in their order."""
    statement = select(Remedy).where(Remedy.retired_at.is_(None)).order_by(Remedy.position, Remedy.code)
    return list(session.scalars(statement))


def reply_templates(session: Session) -> list[ReplyTemplate]:
    """The templates in use, in their order."""
    statement = select(ReplyTemplate).where(ReplyTemplate.retired_at.is_(None))
    return list(session.scalars(statement.order_by(ReplyTemplate.position, ReplyTemplate.code)))


def causes(session: Session) -> list[tuple[int, Cause]]:
    """The causes in use with how deep they are, each below the one that it belongs to."""
    statement = select(Cause).where(Cause.retired_at.is_(None)).order_by(Cause.position, Cause.code)
    found = list(session.scalars(statement))
    below: dict[str | None, list[Cause]] = {}
    codes = {cause.code for cause in found}
    for cause in found:
        below.setdefault(cause.parent if cause.parent in codes else None, []).append(cause)

    def walk(parent: str | None, depth: int) -> list[tuple[int, Cause]]:
        each = ([(depth, cause), *walk(cause.code, depth + 1)] for cause in below.get(parent, []))
        return [one for branch in each for one in branch]

    return walk(None, 0)


def keep_remedy(
    session: Session, now: datetime, actor: str, code: str, names: Mapping[str, str], own_limit: int | None
) -> Remedy:
    """A new remedy (no code), or other names or another limit of one; offers that were made keep what they were.

    `own_limit` is in rials, and None for a remedy that costs no money. A name that is in use already is that entry.
    """
    kept = _texts(names, LONGEST_NAME)
    if not kept or (own_limit is not None and not 0 <= own_limit <= MOST_RIALS):
        raise CatalogueFault
    code = code or next((one.code for one in remedies(session) if one.names == kept), "")
    if code:
        remedy = _known(remedies(session), code)
    else:
        taken = set(session.scalars(select(Remedy.code)))
        remedy = Remedy(code=_code(kept, taken), position=_last(session, Remedy) + 1)
        session.add(remedy)
    remedy.names, remedy.own_limit = kept, own_limit
    audit(session, now, actor, "remedy:keep", remedy.code, names=kept, own_limit=own_limit)
    return remedy


def keep_template(
    session: Session, now: datetime, actor: str, code: str, names: Mapping[str, str], texts: Mapping[str, str]
) -> ReplyTemplate:
    """A new template (no code), or another wording of one."""
    kept, written = _texts(names, LONGEST_NAME), _texts(texts, LONGEST_TEXT)
    if not kept or not written:
        raise CatalogueFault
    code = code or next((one.code for one in reply_templates(session) if one.names == kept), "")
    if code:
        template = _known(reply_templates(session), code)
    else:
        taken = set(session.scalars(select(ReplyTemplate.code)))
        template = ReplyTemplate(code=_code(kept, taken), position=_last(session, ReplyTemplate) + 1)
        session.add(template)
    template.names, template.texts = kept, written
    audit(session, now, actor, "reply-template:keep", template.code, names=kept)
    return template


def retire_remedy(session: Session, now: datetime, actor: str, code: str) -> None:
    """It is offered no more; what was given stays."""
    _retire(session, now, actor, _known(remedies(session), code), "remedy:retire")


def retire_template(session: Session, now: datetime, actor: str, code: str) -> None:
    """It is shown no more."""
    _retire(session, now, actor, _known(reply_templates(session), code), "reply-template:retire")


def _retire(session: Session, now: datetime, actor: str, entry: Remedy | ReplyTemplate, action: str) -> None:
    entry.retired_at = now
    audit(session, now, actor, action, entry.code)


def _known(entries: list[Entry], code: str) -> Entry:
    found = next((one for one in entries if one.code == code), None)
    if found is None:
        raise UnknownEntry
    return found


def _texts(texts: Mapping[str, str], longest: int) -> dict[str, str]:
    kept = {code: normal_text(texts.get(code, "")) for code in CODES}
    if any(len(text) > longest for text in kept.values()):
        raise CatalogueFault
    return {code: text for code, text in kept.items() if text}


def _code(names: Mapping[str, str], taken: set[str]) -> str:
    """A code from the English name; a number where there is none, or it is taken."""
    base = re.sub(r"[^a-z0-9]+", "-", names.get("en", "").casefold()).strip("-")[:40] or "entry"
    if base not in taken:
        return base
    return next(code for n in range(2, len(taken) + 3) if (code := f"{base}-{n}") not in taken)


def _last(session: Session, table: type[Remedy] | type[ReplyTemplate]) -> int:
    return session.scalar(select(func.max(table.position))) or 0
