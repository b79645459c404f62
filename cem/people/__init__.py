"""Accounts, roles, sign-in and API keys."""
