"""`python -m tests.load`: a class against the real server; exit status 1 when a goal is missed."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import MISSING, fields
from pathlib import Path

from tests.load.report import figures, goals, table
from tests.load.run import run
from tests.load.scenario import Scenario

ASKED = ("people", "racing", "every", "rhythm", "seconds", "arrival", "drag", "browsers", "malformed")


def _scenario(options: argparse.Namespace) -> Scenario:
    return Scenario(**{name: getattr(options, name) for name in ASKED}, faults=not options.no_faults)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    for field in fields(Scenario):
        if field.name in ASKED and field.default is not MISSING:
            parser.add_argument(f"--{field.name}", type=type(field.default), default=field.default)
    parser.add_argument("--no-faults", action="store_true", help="kill nothing, send nothing malformed")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args()
    outcome = run(_scenario(options))
    print("\n".join(table(outcome)))
    if options.json:
        options.json.write_text(json.dumps(figures(outcome), indent=1), encoding="utf-8")
    return 0 if all(goal.met for goal in goals(outcome)) else 1


if __name__ == "__main__":
    sys.exit(main())
