"""Hostile and broken text: a plan or a sentence, soon, whatever it is."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrcore import PlanError, plan_from_code
from lrcore.dialects import plans_from_code
from tests.dialects import cases_refused, cases_rules, cases_scripts

SECONDS = 8  # far above what is needed, far below what unbounded work takes
SNIPPETS = [*cases_scripts.TORCH, *cases_scripts.OTHERS, *cases_rules.CASES, *cases_refused.CASES]
PIECES = [code for code in (*(code for code, _ in SNIPPETS), *cases_refused.HOSTILE) if len(code) < 2000]
PUT = [
    "", "(", ")", "[", "]", "*", "**9", "lr", "epoch", "nan", "\n", "    ", "lambda x: x", "{1: 2}",
    "[1, 'a']", "None", "0", "-1", "1e999", "\x00", "=", ", ", "'", "range(10**9)",
]  # fmt: skip
BOMBS = {
    "power tower": "lr = 0.1 * 9**9**9**9 * epoch",
    "brackets": "x = " + "[" * 10_000 + "]" * 10_000,
    "100 kB of text": "a" * 100_000,
    "100 kB of sums": "lr = " + "+".join(["epoch"] * 16_000),
    "list": "a = [0] * 10**9\nMultiStepLR(SGD(w, 0.1), a)",
    "range": "MultiStepLR(SGD(w, 0.1), list(range(10**12)))",
    "comprehensions": "x = [[[0 for a in range(1000)] for b in range(1000)] for c in range(1000)]",
    "format": "x = '%1000000000d' % 5\ny = '{:>1000000000}'.format(5)\nz = f'{5:>1000000000}'\nlr = x",
    "texts that double": "x = 'a'\n" + "x = str([x, x])\n" * 60,
    "dicts that double": "x = 1\n" + "x = {'a': x, 'b': x}\n" * 60 + "StepLR(o, x)",
    "namespaces that double": "x = 1\n" + "x = Namespace(a=x, b=x)\n" * 60 + "StepLR(o, x)",
    "lists in lists": "x = []\n" + "x = [x]\n" * 4000 + "StepLR(o, x)",
    "schedules that double": "s = StepLR(SGD(w, 0.1), 3)\n" + "s = ChainedScheduler([s, s])\n" * 50,
    "loops": "def lr(epoch):\n"
    + "".join(" " * (i + 1) + f"for a{i} in range(1000):\n" for i in range(15))
    + " " * 17
    + "x = 1\n return x",
    "branches": "def lr(epoch):\n"
    + "".join(f"  if epoch > {i}:\n    if epoch < 99:\n      return {i}\n" for i in range(39))
    + "  return epoch",
    "rules": "\n".join(f"lr = 0.1 / {i} * epoch" for i in range(1, 4000)),
    "names": "\n".join(f"a{i} = lambda: 0" for i in range(4900)),
    "while True": "while True:\n    lr = lr * 0.9",
    "itself": "def lr(epoch):\n  return lr(epoch) + lr(epoch) + lr(epoch) + lr(epoch)",
    "partials that double": "f = partial(f, 1)\n" + "f = partial(f, f, f)\n" * 60 + "StepLR(f, f)",
    "long number": "StepLR(SGD(w, 0.1), " + "9" * 4000 + ")",
}


def survive(code: str) -> None:
    start = time.process_time()
    for read in (plan_from_code, plans_from_code):
        try:
            read(code, values={"lr_decay": 0.1})
        except PlanError:
            continue
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize("code", BOMBS.values(), ids=BOMBS)
def test_a_bomb_does_not_go_off(code: str) -> None:
    survive(code)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text(code: str) -> None:
    survive(code)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PIECES), st.data())
def test_snippets_with_something_changed(code: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(code)))
    cut = data.draw(st.integers(0, 8))
    put = data.draw(st.sampled_from(PUT))
    survive(code[:at] + put + code[at + cut :])
