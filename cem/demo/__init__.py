"""The demo company: a believable bank from a seeded generator. No product code knows of it."""
