"""From a number to the responses behind it."""
