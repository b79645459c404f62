"""Is the difference real: two groups, many groups, the same customers twice, a target, and what a change has done."""
