"""Digests of documents: the same document has the same digest on every machine."""

from hashlib import sha256
from typing import Any

import msgspec

# Of the rules by which amounts are calculated: it changes whenever they do, and stands in every result.
ENGINE = "1"
NOTHING = "0" * 64


def digest_of(document: Any) -> str:
    """SHA-256 of a document as JSON with its keys in order."""
    return sha256(msgspec.json.encode(document, order="deterministic")).hexdigest()
