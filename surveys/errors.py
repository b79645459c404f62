"""What can go wrong between the company and a customer's answer, each with its status.

SurveyError 400
├── UnknownLink 404      forged, mistyped, or of a survey that is not here
├── LinkGone 410
│   ├── LinkExpired      past its date
│   ├── LinkUsed         answered already
│   ├── LinkWithdrawn    called back by the company
│   └── SurveyClosed     takes no more answers
├── TooMany 429          one address sends more than a person would
└── InboxUnavailable 503 the answer is not stored, and must be sent again
"""

from surveys.languages import N_


class SurveyError(Exception):
    """A fault that a person can read: `title` and `advice` are gettext texts."""

    status = 400
    title = N_("Something is not right")
    advice = N_("Please go back and try again.")
    retry_after: int | None = None


class UnknownLink(SurveyError):
    status = 404
    title = N_("We do not know this link")
    advice = N_("Perhaps a part of it is missing. Please copy the whole link from our message and try again.")


class LinkGone(SurveyError):
    status = 410


class LinkExpired(LinkGone):
    title = N_("This link has expired")
    advice = N_("Thank you for wanting to answer. The time for it is over; we hope to hear from you next time.")


class LinkUsed(LinkGone):
    title = N_("We already have your answers")
    advice = N_("Thank you. They arrived safely, and there is nothing more to do.")


class LinkWithdrawn(LinkGone):
    title = N_("This link is no longer in use")
    advice = N_("We have called this invitation back. There is nothing for you to do.")


class SurveyClosed(LinkGone):
    title = N_("This survey is closed")
    advice = N_("Thank you for wanting to answer. It takes no more answers.")


class TooMany(SurveyError):
    status = 429
    title = N_("Too many answers from one place")
    advice = N_("Your answers are still here below. Please wait a minute and send them again.")
    retry_after = 60


class InboxUnavailable(SurveyError):
    status = 503
    title = N_("Your answers are not sent yet")
    advice = N_("We are very busy just now. Your answers are still here below. Please send them again in a moment.")
    retry_after = 5
