"""The public pages: what a customer sees and sends."""

from surveys.pages.personal import PersonalPages
from surveys.pages.public import FeedbackPages, PublicPages

SURVEY_PAGES = [PublicPages, FeedbackPages, PersonalPages]

__all__ = ["SURVEY_PAGES"]
