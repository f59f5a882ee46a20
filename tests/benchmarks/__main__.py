"""`make bench`: every race, each side by side in one process or one browser, printed as tables."""

from __future__ import annotations

from tests.benchmarks import (
    closed_forms,
    curve_sampling,
    drag_cpu,
    drag_curves,
    evidence,
    first_sight,
    prediction,
    thumb_to_paint,
    trainer,
)


def main() -> None:
    for title, module in (
        ("Trainer: one batched ensemble against the plain loop, member by member", trainer),
        ("Curves: sampling the closed form against stepping torch's scheduler", curve_sampling),
        ("Schedules: the closed form over 160,000 steps against stepping torch's scheduler", closed_forms),
        ("Losses predicted from two plans against plans that are trained", prediction),
        ("Evidence: how often a page claims what is not so", evidence),
        ("Page: redraws a second while a slider is dragged", drag_curves),
        ("Page: what a moved slider costs the web process", drag_cpu),
        ("Page: from the thumb to the painted curve", thumb_to_paint),
        ("Page: what a first visitor waits for, against an empty Streamlit page", first_sight),
    ):
        print(f"\n## {title}\n", flush=True)
        module.main()


if __name__ == "__main__":
    main()
