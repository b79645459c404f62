"""From a KPI to money, exactly: curves, guards against noise, weights, gates, a pool, and one rounding at the end.

All numbers are fractions, so the same inputs give the same rial on every machine; a decimal such as 0.88 is taken as it
is written, not as the nearest binary number. Pay is a share of the base: 1 is the whole of it.
"""
