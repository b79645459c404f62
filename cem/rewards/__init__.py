"""Rewards: plans tied to experience metrics, from an agreed plan to what payroll pays, each step shown and provable."""
