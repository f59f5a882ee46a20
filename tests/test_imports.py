"""Who may import whom: the floors of docs/design.md, no circles, one door for each heavy library, and what an
underscore means."""

from __future__ import annotations

import ast
import graphlib
import json
import re
import subprocess
import sys

import pytest

from tests.source import MODULES, ROOT, folder, imports, tree

HEAVY = ("torch", "plotly", "streamlit", "pandas", "sklearn", "distributed")

# A room imports rooms of lower floors and itself; never a neighbour on its own floor.
FLOORS = (
    ("lrcore.errors",),
    ("lrcore.values",),
    ("lrcore.text", "lrcore.datasets"),
    ("lrcore.schedules",),
    ("lrcore.plan",),
    ("lrcore.analysis", "lrcore.dialects", "lrcore.experiment"),
    ("lrcore.links", "lrcore.results"),
    ("lrcore.gallery", "lrcore.prediction", "lrcore.tuning"),
    ("lrcore",),  # what `from lrcore import ...` gives
    ("lrcore.figures", "lrcore.jobs", "lrcore.training"),
    ("lrcore.cli", "lrcore.offload"),
    ("lrcore.__main__", "ui", "ui.text", "ui.style", "ui.server"),
    ("ui.components", "ui.session"),
    ("ui.plan_card",),
    ("ui.playground", "ui.curves"),
    ("ui.main", "pages", "app"),
)
PLACE = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
COMMANDS = ("lrcore.cli", "lrcore.__main__")


def room(module: str) -> str:
    """The room of a module: a folder or a lone file directly below lrcore or ui; pages; app."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] in ("lrcore", "ui") else parts[0]


ARROWS = sorted({(module, name) for module, path in MODULES.items() for name, _ in imports(path)})
INNER = [(a, b) for a, b in ARROWS if b.split(".")[0] in ("lrcore", "ui", "pages", "app", "tests")]


def test_the_modules_were_found() -> None:
    assert {"app", "ui.main", "pages.playground", "lrcore.plan", "lrcore.schedules.step", "lrcore"} <= set(
        MODULES
    )
    assert len(INNER) > 100
    assert ("lrcore.plan", "lrcore.schedules.constant") in INNER


def test_every_room_has_a_floor() -> None:
    assert {room(module) for module in MODULES} == set(PLACE)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_arrows_point_down(module: str) -> None:
    here = room(module)
    for name in (b for a, b in INNER if a == module):
        assert name.split(".")[0] != "tests", f"{module} imports {name}"
        there = room(name)
        assert there == here or PLACE[there] < PLACE[here], f"{module} imports {name}: that arrow runs back"


def test_no_module_stands_in_a_circle() -> None:
    graph: dict[str, set[str]] = {module: set() for module in MODULES}
    for a, b in INNER:
        if b in MODULES and a != b:
            graph[a].add(b)
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def test_lrcores_top_level_is_six_files_and_folders() -> None:
    files = {path.name for path in (ROOT / "lrcore").glob("*.py")}
    assert files == {"__init__.py", "__main__.py", "cli.py", "errors.py", "plan.py"}


def test_only_the_command_line_imports_the_trainer() -> None:
    by = {room(a) for a, b in INNER if room(b) == "lrcore.training"} - {"lrcore.training"}
    assert by == {"lrcore.cli"}  # the worker is told the trainer's name when it is started


def test_nothing_but_its_door_knows_the_command_line() -> None:
    assert {(room(a), room(b)) for a, b in INNER if room(b) in COMMANDS and room(a) != room(b)} == {
        ("lrcore.__main__", "lrcore.cli")
    }


@pytest.mark.parametrize(
    ("library", "doors"),
    [
        ("streamlit", r"app|pages\..*|ui(\..*)?"),
        ("starlette", r"app|ui(\..*)?"),
        ("pandas", r"pages\..*|ui(\..*)?"),
        ("torch", r"lrcore\.training(\..*)?"),
        ("plotly", r"lrcore\.figures(\..*)?"),
        ("sklearn", r"lrcore\.datasets\..*"),
        ("distributed", r"lrcore\.jobs\.dask_.*"),
    ],
)
def test_each_heavy_library_has_one_door(library: str, doors: str) -> None:
    through = {a for a, b in ARROWS if b.split(".")[0] == library}
    assert {module for module in through if not re.fullmatch(doors, module)} == set()


def test_the_trainer_comes_through_torchs_door() -> None:
    assert "torch" in {b.split(".")[0] for a, b in ARROWS if a.startswith("lrcore.training")}


def _private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def test_an_underscore_means_this_folder_only_for_what_is_imported() -> None:
    reached = {
        f"{module} imports {target}{'.' + name if name else ''}"
        for module, path in MODULES.items()
        for target, name in imports(path)
        if target in MODULES
        and (_private(name) or any(_private(part) for part in target.split(".")))
        and folder(target) != folder(module)
    }
    assert reached == set()


def test_an_underscore_means_this_folder_only_for_members() -> None:
    own: dict[str, set[str]] = {}  # the private names that the files of a folder define
    used: set[tuple[str, str]] = set()
    for module, path in MODULES.items():
        defined = own.setdefault(folder(module), set())
        for node in ast.walk(tree(path)):
            match node:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                    defined.add(name)
                case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                    defined.add(name)
                case ast.Attribute(value=value, attr=name) if _private(name):
                    if not (isinstance(value, ast.Name) and value.id in ("self", "cls")):
                        used.add((module, name))
    ours = set().union(*own.values())  # Python's own, such as os._exit, are not
    strangers = {f"{module} uses .{name}" for module, name in used if name in ours - own[folder(module)]}
    assert strangers == set()


def loaded(*modules: str) -> set[str]:
    """The heavy libraries that a fresh interpreter has loaded after importing `modules`."""
    code = "import sys, json; [__import__(a) for a in sys.argv[1:]]; print(json.dumps(list(sys.modules)))"
    command = [sys.executable, "-c", code, *modules]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert run.returncode == 0, run.stderr
    return set(json.loads(run.stdout.splitlines()[-1])) & set(HEAVY)


def test_the_heavy_libraries_would_be_noticed() -> None:
    assert "pandas" in loaded("pandas")


def test_the_core_and_its_doors_load_nothing_heavy() -> None:
    assert loaded("lrcore", "lrcore.jobs", "lrcore.figures", "lrcore.__main__") == set()


def test_no_part_of_the_core_but_the_trainer_loads_anything_heavy() -> None:
    trains = ("lrcore.training", "lrcore.jobs.zygote", "lrcore.jobs.dask_")
    rest = [name for name in MODULES if name.startswith("lrcore") and not name.startswith(trains)]
    assert {"lrcore.jobs", "lrcore.figures.curves", "lrcore.figures.losses", "lrcore.links"} <= set(rest)
    assert loaded(*sorted(rest)) <= {"plotly"}  # an export of a figure may ask for it


def test_the_web_process_does_not_load_torch_nor_dask_unasked() -> None:
    shown = (name for name in sorted(MODULES) if name.startswith("ui.") and name != "ui.main")
    assert loaded("app", *shown).isdisjoint({"torch", "distributed"})
