"""Scorecards: KPIs with their intervals, by period, touchpoint and unit."""
