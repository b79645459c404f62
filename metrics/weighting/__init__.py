"""Answers that stand for others: weights, strata, clusters, and the variance that they cost."""
