"""How far the answers can be trusted: their quality, repeats, weights, small units, and how many are needed."""
