"""What the public pages need at hand, put together once by the application."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from surveys.catalogue import LiveCatalogue
from surveys.database import Database
from surveys.inbox import Inbox
from surveys.limits import Limit
from surveys.links import Links
from surveys.templating import Templates


@dataclass(frozen=True)
class Reception:
    database: Database
    inbox: Inbox
    links: Links
    templates: Templates
    catalogue: LiveCatalogue
    zone: ZoneInfo
    limit: Limit
