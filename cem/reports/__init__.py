"""Reports: what the pages show, on paper and in one file."""
