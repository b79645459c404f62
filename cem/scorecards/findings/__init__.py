"""Findings: what changed, where and why, each proven among all tests of its page and said in one plain sentence."""
