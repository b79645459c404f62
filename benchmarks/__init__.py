"""Speed and memory against their budgets, each beside a limit measured in the same run: `make bench`."""
