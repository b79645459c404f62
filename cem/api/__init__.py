"""REST v1: what programs send and read."""
