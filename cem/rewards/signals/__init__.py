"""Signs that a measure was moved by something other than customers: what they are, read from, found by and told as."""
