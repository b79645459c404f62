"""How often one address may send; counted in this process, because a limit is a brake and not a record."""

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter


class Limit:
    """So many a minute for each key."""

    def __init__(self, per_minute: int) -> None:
        self._item = RateLimitItemPerMinute(per_minute)
        self._counter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def allows(self, *key: str) -> bool:
        """Count one more for this key; False where that is one too many."""
        return self._counter.hit(self._item, *key)
