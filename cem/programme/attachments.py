"""Files that stand behind what people say: kept as they came, given back to be saved and never shown as a page."""

from dataclasses import dataclass

from cem.programme.faults import FileFault
from surveys.languages import normal_text

LARGEST = 2 * 2**20
LONGEST_NAME = 128


@dataclass(frozen=True)
class Attachment:
    """A file and the name that it came with; no file at all has neither."""

    name: str = ""
    content: bytes | None = None

    @classmethod
    def read(cls, name: str, content: bytes) -> "Attachment":
        """FileFault where it is too large. An empty form field is no file."""
        if not content:
            return cls()
        if len(content) > LARGEST:
            raise FileFault
        last = normal_text(name.replace("\\", "/").rpartition("/")[2]).replace("\n", " ")
        return cls(last[-LONGEST_NAME:] or "file", content)
