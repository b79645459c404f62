"""Delivery: what leaves the process, by mail and later by other ways, all from one outbox."""
