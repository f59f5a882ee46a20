"""The command line: `python -m lrcore curve|train`, with the words of a link and the errors of the page."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from lrcore.cli import curve, train
from lrcore.errors import LRLabError
from lrcore.experiment import Experiment
from lrcore.links import call_text
from lrcore.results.reports import FORMATS

# exit codes: the usual one, argparse's own, and a shell's for SIGINT and SIGPIPE
FAILED, BAD_INPUT, INTERRUPTED, BROKEN_PIPE = 1, 2, 130, 141

_CURVE = """examples:
  python -m lrcore curve "lr=0.05 StepLR(step_size=30, gamma=0.1)" --steps 100
  python -m lrcore curve "lr=1e-4 InverseTimeDecay(lr_decay=5e-5) per iteration" --steps 160001 --every 20000
  python -m lrcore curve "lr=0.3 CosineAnnealingLR(T_max=50)" "lr=0.3" \\
      --steps 1600 --steps-per-epoch 32 --output curves.csv
"""
_TRAIN = """examples:
  python -m lrcore train --plan "lr=0.1 StepLR(step_size=500, gamma=0.3) per iteration" \\
      --plan "lr=0.1" --data digits --seeds 3
  python -m lrcore train --example 01_open --steps 500 --format json
  python -m lrcore train --plan "lr=0.3" --data "spirals(arms=3)" \\
      --hidden 64,64 --activation relu --optimizer "SGD(momentum=0)"
  python -m lrcore train --experiment experiment.json --history --output curves.csv

What a flag names replaces that part of --experiment or --example. Ctrl-C stops the run and prints
what was run until then.
"""


def parser() -> argparse.ArgumentParser:
    """The declaration of every command and flag."""
    top = argparse.ArgumentParser(
        prog="python -m lrcore", description="Learning-rate schedules as numbers, and what they do to a loss."
    )
    commands = top.add_subparsers(metavar="command", required=True)

    def command(name: str, run: object, help_: str, examples: str) -> argparse.ArgumentParser:
        made = commands.add_parser(
            name,
            help=help_,
            description=help_,
            epilog=examples,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        made.set_defaults(run=run)
        made.add_argument("--format", choices=FORMATS, help="default: what --output ends in, else table")
        made.add_argument("--output", metavar="FILE", help="write there instead of to the terminal")
        return made

    rates = command(
        "curve", curve, "Print the learning rate of every update under one or more plans.", _CURVE
    )
    rates.add_argument(
        "plans", nargs="+", metavar="PLAN", help='such as "lr=0.05 StepLR(step_size=30, gamma=0.1)"'
    )
    rates.add_argument("--steps", type=int, default=100, metavar="N", help="updates 0 .. N - 1 (default 100)")
    rates.add_argument(
        "--steps-per-epoch", type=int, default=1, metavar="N", help="updates in an epoch (default 1)"
    )
    rates.add_argument(
        "--every", type=int, default=1, metavar="N", help="only every N-th update, and the last (default 1)"
    )

    runs = command(
        "train",
        train,
        "Train a small network under every plan, from the same weights, on the same minibatches.",
        _TRAIN,
    )
    start = runs.add_mutually_exclusive_group()
    start.add_argument(
        "--experiment",
        metavar="FILE.json",
        help="an experiment in its JSON form; - reads it from standard input",
    )
    start.add_argument("--example", metavar="NAME", help="one of the measured examples, such as 01_open")
    runs.add_argument("--plan", action="append", metavar="PLAN", help="a plan; give it once for each")
    first = Experiment.model_validate({"plans": ["lr=1"]})  # for the defaults in the help alone
    runs.add_argument(
        "--data",
        metavar="DATA",
        help=f'digits, "spirals(arms=3)", ... (default {call_text(first.data, first.data.kind)})',
    )
    runs.add_argument(
        "--model", metavar="MODEL", help='such as "MLP(hidden=[64, 64], activation=relu)" (default MLP)'
    )
    runs.add_argument("--hidden", metavar="N,N,...", help="units of each hidden layer, such as 64,64")
    runs.add_argument("--activation", metavar="NAME", help="tanh, relu or gelu")
    runs.add_argument("--optimizer", metavar="OPT", help='Adam, "SGD(momentum=0.9)", ... (default SGD)')
    for name, help_ in (
        ("batch_size", "points per update"),
        ("steps", "updates in all"),
        ("seeds", "repetitions of every plan"),
    ):
        runs.add_argument(
            f"--{name.replace('_', '-')}", metavar="N", help=f"{help_} (default {getattr(first, name)})"
        )
    runs.add_argument("--device", default="auto", metavar="NAME", help="auto, cpu or cuda (default auto)")
    runs.add_argument(
        "--against",
        type=int,
        default=1,
        metavar="N",
        help="the plan that the others are compared with (default 1)",
    )
    runs.add_argument(
        "--history",
        action="store_true",
        help="whole curves: in JSON beside the results, in CSV one row per evaluation",
    )
    runs.add_argument(
        "--progress", action="store_true", help="show the progress bar although standard error is no terminal"
    )
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. What is wrong with the input is said in its own sentence,
    without a traceback."""
    given = parser().parse_args(arguments)
    try:
        code = int(given.run(given))
        sys.stdout.flush()
        return code
    except LRLabError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # `| head` has seen enough
        _drop_output()
        return BROKEN_PIPE
    except OSError as error:  # such as a full disk
        print(f"The command stopped: {error}.", file=sys.stderr)
        _drop_output()
        return FAILED


def _drop_output() -> None:
    """Let what is left in the buffer of standard output go nowhere: the interpreter, which writes it as it
    exits, would complain once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
