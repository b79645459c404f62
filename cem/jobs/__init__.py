"""Jobs: what is to be done again and again, once at a time among all servers."""
