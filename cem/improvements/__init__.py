"""Improvements: what many cases have in common is changed, its effect is tested, and those who raised it are told."""
