"""The surveys that are measured: one of ten questions to look at, one of five to answer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from benchmarks.load import post
from surveys.database import Database, new_id, utc_now
from surveys.links import Links, Ticket
from surveys.publishing import publish
from surveys.questionnaire import read_yaml

HEAD = """
id: {id}
kind: transactional
languages: [fa, en]
title: {{fa: نظر شما دربارهٔ خدمات ما, en: Your view of our service}}
introduction: {{fa: پاسخ به این پرسش‌ها کمتر از دو دقیقه زمان می‌برد., en: These questions take less than two minutes.}}
consent:
  fa: پاسخ شما را کارکنان همین واحد می‌خوانند و تا دو سال نگه می‌داریم. هر زمان بخواهید پاک می‌شود.
  en: The staff of this unit read your answers, and we keep them for two years. We delete them whenever you ask.
thanks: {{fa: از وقتی که گذاشتید سپاسگزاریم., en: Thank you for your time.}}
blocks:
- id: main
  questions:
"""
SCORES = (
    ("nps", "recommend", "چقدر احتمال دارد ما را به دوستان خود توصیه کنید؟", "How likely are you to recommend us?"),
    ("csat", "satisfied", "در مجموع چقدر از خدمات ما راضی هستید؟", "How satisfied are you with our service overall?"),
    ("ces", "effort", "انجام کارتان چقدر آسان بود؟", "How easy was it to get done what you came for?"),
    ("rating", "waiting", "زمان انتظار را چگونه ارزیابی می‌کنید؟", "How do you rate the time you waited?"),
    ("rating", "staff", "برخورد کارکنان چگونه بود؟", "How was the staff towards you?"),
    ("rating", "clarity", "توضیح‌ها چقدر روشن و کامل بود؟", "How clear and complete were the explanations?"),
    ("rating", "place", "محیط و پاکیزگی را چگونه دیدید؟", "How did you find the place and its tidiness?"),
    ("rating", "trust", "چقدر به ما اعتماد دارید؟", "How much do you trust us?"),
    ("rating", "price", "کارمزدها را چقدر منصفانه می‌دانید؟", "How fair do you find our fees?"),
)
COMMENT = "  - {type: comment, id: why, purpose: causes, text: {fa: چه چیزی بهتر شود؟, en: 'What should be better?'}}\n"


def questionnaire(name: str, scores: int) -> str:
    """So many scored questions and a comment."""
    asked = "".join(
        f"  - {{type: {kind}, id: {id_}, purpose: improvement, text: {{fa: {fa}, en: '{en}'}}}}\n"
        for kind, id_, fa, en in SCORES[:scores]
    )
    return HEAD.format(id=name) + asked + COMMENT


def publish_both(database: Database) -> dict[str, UUID]:
    with database.write() as session:
        ten = publish(session, read_yaml(questionnaire("ten", 9)), utc_now())
        five = publish(session, read_yaml(questionnaire("five", 4)), utc_now())
    return {"ten": ten.survey_id, "five": five.survey_id}


def submissions(host: str, secret: str, survey_id: UUID) -> Iterator[bytes]:
    """Complete responses with five answers, each under a ticket of its own that was shown a while ago."""
    links = Links(secret)
    answers = {"q.satisfied": "4", "q.effort": "5", "q.waiting": "3", "q.why": "صف کوتاه‌تر"}
    number = 0
    while True:
        number += 1
        shown = datetime.now(UTC) - timedelta(seconds=30)
        ticket = links.ticket(Ticket(survey_id, new_id(), 1, shown, channel="web"))
        yield post(host, "/s/five", urlencode({"ticket": ticket, "q.recommend": str(number % 11), **answers}))
