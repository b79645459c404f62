"""What is said between the customer and the company: on the customer's own page, and by mail or text message."""

from functools import cache
from pathlib import Path

from cem.cases.desk import CUSTOMER, ITSELF, Desk, in_line
from cem.cases.models import Case, CaseMessage
from cem.cases.statuses import WordsMissing
from surveys.delivery import mail, sms
from surveys.delivery.outbox import put
from surveys.languages import N_, language, normal_text
from surveys.templating import Templates

# A message from the customer, a person's reply, what is sent by itself, and a note that stays inside.
MESSAGE, REPLY, AUTOMATIC, NOTE = "message", "reply", "automatic", "note"
SHORTEST, LONGEST = 2, 5000
# So much of a reply goes into a text message; the rest is on the page.
LONGEST_TEXT_MESSAGE = 300

SUBJECT = N_("Your case %(number)s")


@cache
def templates(own: Path | None) -> Templates:
    """The templates of letters, read once; `own` is the folder of the company's own."""
    return Templates(own=own)


def tell_customer(desk: Desk, case: Case, text: str, *, automatic: bool = False) -> CaseMessage:
    """Say something to the customer: it stands on their own page, and goes out where they can be reached.

    `text` is in the case's language. WordsMissing where it says nothing.
    """
    message = CaseMessage(
        message_id=desk.new_id(),
        case_id=case.case_id,
        at=desk.now,
        author=ITSELF if automatic else desk.actor,
        kind=AUTOMATIC if automatic else REPLY,
        text=_checked(text),
        sent_by=case.reply_channel,
        read_at=None,
    )
    desk.session.add(message)
    _put(desk, case, message)
    return message


def keep_note(desk: Desk, case: Case, text: str) -> None:
    """A note for colleagues; the customer never sees it."""
    _keep(desk, case, NOTE, desk.actor, text)


def keep_message(desk: Desk, case: Case, text: str) -> None:
    """What the customer writes on their own page."""
    _keep(desk, case, MESSAGE, CUSTOMER, text)


def _keep(desk: Desk, case: Case, kind: str, author: str, text: str) -> None:
    desk.session.add(
        CaseMessage(
            message_id=desk.new_id(),
            case_id=case.case_id,
            at=desk.now,
            author=author,
            kind=kind,
            text=_checked(text),
            sent_by="",
            read_at=None,
        )
    )


def _checked(text: str) -> str:
    words = normal_text(text)[:LONGEST]
    if len(words) < SHORTEST:
        raise WordsMissing
    return words


def _put(desk: Desk, case: Case, message: CaseMessage) -> None:
    """Into the outbox, in the transaction that says it."""
    spoken = language(case.language)
    page = f"{desk.own_page(case)}?lang={case.language}"
    key = f"case:{message.message_id.hex}"
    match case.reply_channel:
        case mail.KIND:
            context = {"case": case, "message": message, "page": page}
            payload = {
                "subject": spoken.fill(SUBJECT, {"number": in_line(case.number)}),
                "text": templates(desk.settings.own_templates).render(spoken, "email/case.txt", **context),
                "html": templates(desk.settings.own_templates).render(spoken, "email/case.html", **context),
                "language": case.language,
                "stop": "",
            }
        case sms.KIND:
            text = message.text
            if len(text) > LONGEST_TEXT_MESSAGE:
                text = text[: LONGEST_TEXT_MESSAGE - 1].rstrip() + "…"
            payload = {"text": f"{text}\n{page}", "language": case.language}
        case _:
            return
    put(desk.session, desk.now, kind=case.reply_channel, recipient=case.reply_address, key=key, payload=payload)
