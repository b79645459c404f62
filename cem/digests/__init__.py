"""Digests: the scorecard by mail, to each person in their language and as often as they wish."""
