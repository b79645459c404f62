"""`python -m benchmarks [--json] [NAME ...]`: the table of the budgets."""

import argparse
import json
import sys
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from benchmarks.cases import case_screens
from benchmarks.crash import crash_measure
from benchmarks.measures import MEASURES, Measure
from benchmarks.rewards import rewards_measure
from benchmarks.screens import screen_times


def main() -> int:
    everything = (*MEASURES, screen_times, case_screens, rewards_measure, crash_measure)
    known = {measure.__name__: measure for measure in everything}
    ask = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    ask.add_argument("names", nargs="*", metavar="NAME", help=f"one or more of: {', '.join(known)}")
    ask.add_argument("--json", action="store_true", help="print the table as JSON")
    chosen = ask.parse_args()
    if unknown := set(chosen.names) - known.keys():
        ask.error(f"unknown: {', '.join(sorted(unknown))}")
    console = Console(stderr=True)
    found: list[Measure] = []
    for name in chosen.names or known:
        with console.status(name):
            found += known[name]()
    if chosen.json:
        print(json.dumps([asdict(measure) for measure in found], indent=2))
    else:
        table = Table("what", "measured", "limit in this run", "budget", "")
        for one in found:
            table.add_row(one.what, one.measured, one.limit, one.budget, "yes" if one.within else "NO")
        Console(width=150).print(table)
    return 0 if all(measure.within for measure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
