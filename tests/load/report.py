"""A run's figures as a table and as JSON, held against the goals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from statistics import mean

from tests.load.run import Outcome
from tests.load.tally import quantile
from tests.load.watch import Sample

DRAG_S, RELEASE_S = 0.5, 1.0
SHOWN = 0.8  # of the experiments on which somebody rests
SOAKED_S = 600.0  # from then on a slope says something
GROWTH = 0.10  # of memory, from the first third of a run to the last


@dataclass(frozen=True)
class Goal:
    """What was to be reached, and what was."""

    wanted: str
    got: str
    met: bool

    @property
    def line(self) -> str:
        return f"{'met   ' if self.met else 'MISSED'}  {self.wanted}: {self.got}"


def goals(outcome: Outcome) -> list[Goal]:
    """Every goal of the run, in the order of the report."""
    tally, counts = outcome.tally, outcome.tally.counts
    found = [
        _within(f"curve while dragging, 95 % under {DRAG_S:g} s", tally.seconds["curve, drag"], DRAG_S),
        _within(f"page on release, 95 % under {RELEASE_S:g} s", tally.seconds["page, release"], RELEASE_S),
        Goal("no live event lost or out of order", _listed(tally.lost), not tally.lost),
        Goal("no error on any page", _listed(tally.errors), not tally.errors),
        Goal("no process left after the stop", "; ".join(outcome.left) or "none", not outcome.left),
    ]
    if rested := counts["experiments rested on"]:
        share = counts["results shown in time"] / rested
        got = f"{share:.0%} of {rested}"
        found.append(Goal(f"{SHOWN:.0%} of the results that somebody waits for", got, share >= SHOWN))
    if outcome.scenario.racing:
        seen = counts["jobs seen"]
        found.append(Goal("who races is shown a race", f"{seen} jobs", seen >= outcome.scenario.racing))
    # Each kill may end one job, that of the helper those of all slots; nothing else may.
    ends = outcome.workers_killed + 8 * outcome.helpers_killed
    crashed = counts["jobs crashed"] + counts["jobs failed"]
    found.append(Goal("no job breaks but of a killed process", f"{crashed} of {ends}", crashed <= ends))
    for what, value in (("web process", _web), ("training helper", _helper)):
        early, late = _thirds(outcome.samples, value)
        got = f"{early:.0f} -> {late:.0f} MB"
        found.append(
            Goal(f"memory of the {what} grows under {GROWTH:.0%}", got, late <= early * (1 + GROWTH))
        )
    return found


def _within(wanted: str, seconds: list[float], limit: float) -> Goal:
    value = quantile(seconds, 0.95)
    return Goal(wanted, "nothing measured" if value is None else f"{value:.3f} s", (value or limit) < limit)


def _listed(counts: dict[str, int]) -> str:
    return "; ".join(f"{number} x {what}" for what, number in counts.items()) or "none"


def _web(sample: Sample) -> float:
    return sample.web_mb


def _helper(sample: Sample) -> float:
    return sample.helper_mb


def _descriptors(sample: Sample) -> float:
    return sample.descriptors


def _thirds(samples: list[Sample], value: Callable[[Sample], float]) -> tuple[float, float]:
    """The mean over the first third of the samples and over the last; zeros are moments without a helper."""
    third = max(1, len(samples) // 3)
    parts = [
        [value(sample) for sample in part if value(sample)] for part in (samples[:third], samples[-third:])
    ]
    return mean(parts[0] or [0.0]), mean(parts[1] or [0.0])


def slope(samples: list[Sample], value: Callable[[Sample], float]) -> float:
    """How fast a figure grows, an hour, by least squares over the samples after the first tenth."""
    kept = samples[len(samples) // 10 :]
    if len(kept) < 3:
        return 0.0
    t, v = [sample.at / 3600 for sample in kept], [value(sample) for sample in kept]
    across = sum((a - mean(t)) ** 2 for a in t)
    return sum((a - mean(t)) * (b - mean(v)) for a, b in zip(t, v, strict=True)) / across


def table(outcome: Outcome) -> Iterator[str]:
    """The report, line by line."""
    tally, samples, scenario = outcome.tally, outcome.samples, outcome.scenario
    yield f"{scenario.title}; {scenario.seconds:g} s, faults {'on' if scenario.faults else 'off'}"
    yield ""
    yield f"{'seconds':<34}{'number':>8}{'p50':>9}{'p95':>9}{'max':>9}"
    for what in sorted(tally.seconds):
        values = tally.seconds[what]
        yield f"{what:<34}{len(values):>8}" + "".join(
            f"{quantile(values, share) or 0:>9.3f}" for share in (0.5, 0.95, 1.0)
        )
    yield ""
    for what, number in sorted(tally.counts.items()):
        yield f"{what:<60}{number:>9}"
    if len(samples) > 1:
        first, last = samples[0], samples[-1]
        spent = last.at - first.at
        yield ""
        for what, seconds in zip(("web", "training", "other of the server"), last.cpu, strict=True):
            yield f"{f'cores: {what}':<34}{seconds / spent:>9.2f}"
        for kind, cores in outcome.clients_cpu.items():
            yield f"{f'cores: {kind} (not of the server)':<34}{cores:>9.2f}"
        yield f"{'load of the machine, mean':<34}{mean(sample.load for sample in samples):>9.2f}"
        yield ""
        yield f"{'minute':<8}{'web MB':>9}{'helper':>9}{'workers':>9}{'other':>9}{'files':>8}{'threads':>9}"
        for minute in range(int(spent // 60) + 1):
            now = [s for s in samples if minute * 60 <= s.at - first.at < (minute + 1) * 60]
            if now:
                yield f"{minute + 1:<8}" + "".join(
                    f"{mean(getattr(sample, name) for sample in now):>{width}.0f}"
                    for name, width in zip(COLUMNS, (9, 9, 9, 9, 8, 9), strict=True)
                )
        if spent > SOAKED_S:
            for what, value in (("web MB", _web), ("helper MB", _helper), ("descriptors", _descriptors)):
                yield f"{f'{what} more, an hour':<34}{slope(samples, value):>+9.1f}"
    yield f"killed: {outcome.workers_killed} workers, {outcome.helpers_killed} helper"
    yield f"tracebacks in the log: {_listed(outcome.tracebacks)}"
    yield f"stopped within {outcome.stop_seconds:.1f} s, exit {outcome.ended_with}"
    yield ""
    yield from (goal.line for goal in goals(outcome))


COLUMNS = ("web_mb", "helper_mb", "workers_mb", "other_mb", "descriptors", "threads")


def figures(outcome: Outcome) -> dict[str, object]:
    """The report as plain values."""
    tally = outcome.tally
    return {
        "scenario": asdict(outcome.scenario),
        "seconds": {
            what: {
                "number": len(values),
                **{f"p{share}": quantile(values, share / 100) for share in (50, 95, 100)},
            }
            for what, values in tally.seconds.items()
        },
        "counts": tally.counts,
        "errors": tally.errors,
        "lost": tally.lost,
        "samples": [asdict(sample) for sample in outcome.samples],
        "killed": {"workers": outcome.workers_killed, "helpers": outcome.helpers_killed},
        "clients_cores": outcome.clients_cpu,
        "tracebacks": outcome.tracebacks,
        "stop": {"seconds": outcome.stop_seconds, "exit": outcome.ended_with, "left": outcome.left},
        "goals": [asdict(goal) for goal in goals(outcome)],
    }
