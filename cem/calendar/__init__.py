"""When the company is open: the week, its holidays, and how much business time lies between two moments."""
