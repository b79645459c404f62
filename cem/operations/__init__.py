"""Operational metrics: what the company counts elsewhere, beside the perceptions that it explains."""
