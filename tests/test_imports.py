"""The arrows of the design page: who may import whom, which room opens which heavy library, and how long a
file may be."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = ("torch", "plotly", "streamlit", "pandas", "sklearn")
LINES_MAX = 250

# Arrows point down: a room imports rooms of a lower layer, itself, and its neighbours in a layer that is one
# room by nature.
LAYERS = (
    ("lrcore.errors",),
    ("lrcore._syntax", "lrcore._values", "lrcore._registry", "lrcore.limits"),
    ("lrcore.schedules",),
    ("lrcore._calls", "lrcore.datasets", "lrcore.optimizers"),
    ("lrcore.plan",),
    ("lrcore.experiment",),
    (
        "lrcore.events",
        "lrcore.analysis",
        "lrcore.dialects",
    ),  # and every part of lrcore that is not named here
    ("lrcore",),  # what `from lrcore import ...` gives
    ("lrcore.jobs", "lrcore.runs", "lrcore.figures", "lrcore.training"),
    ("lrcore.cli", "lrcore._reports", "lrcore.__main__"),
    ("ui",),
    ("pages",),
    ("app",),
)
SHARED = {1, 6, 9}  # layers whose rooms may know each other
ANALYSIS, COMMANDS = 6, 9
TRAINERS = {"lrcore.cli", "lrcore.jobs.worker", "lrcore.jobs.zygote"}  # who may import lrcore.training


def sources() -> dict[str, Path]:
    """Every module of the app by its dotted name."""
    files = [
        ROOT / "app.py",
        *(path for room in ("lrcore", "ui", "pages") for path in (ROOT / room).rglob("*.py")),
    ]
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in files
    }


MODULES = sources()


def imports(path: Path) -> Iterator[str]:
    """The dotted names that a file imports anywhere in it, but for those that only a type checker reads."""
    todo: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            todo += node.orelse
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively; write the whole name"
            for alias in (
                node.names
            ):  # `from lrcore import limits` imports a module, `from lrcore import Plan` does not
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in MODULES else str(node.module)
        else:
            todo += ast.iter_child_nodes(node)


def place(module: str) -> tuple[int, str]:
    """The layer and the room of a module."""
    for number, rooms in enumerate(LAYERS):
        for room in rooms:
            if module == room or (module.startswith(room + ".") and room != "lrcore"):
                return number, room
    return ANALYSIS, ".".join(module.split(".")[:2])


ARROWS = [(module, name) for module, path in sorted(MODULES.items()) for name in sorted(set(imports(path)))]
INNER = [(a, b) for a, b in ARROWS if b.split(".")[0] in ("lrcore", "ui", "pages", "app", "tests")]


def test_the_modules_were_found() -> None:
    assert {"app", "ui.main", "pages.playground", "lrcore.plan", "lrcore.schedules.step", "lrcore"} <= set(
        MODULES
    )
    assert len(INNER) > 100
    assert place("lrcore.schedules.step") == (2, "lrcore.schedules")
    assert place("lrcore.sampling") == (ANALYSIS, "lrcore.sampling")
    assert ("lrcore.limits", "lrcore.experiment") not in INNER  # a type alone


@pytest.mark.parametrize("module", sorted(MODULES))
def test_arrows_point_down(module: str) -> None:
    layer, room = place(module)
    for name in (b for a, b in INNER if a == module):
        assert name.split(".")[0] != "tests", f"{module} imports {name}"
        other, other_room = place(name)
        below = other < layer or room == other_room or (other == layer and layer in SHARED)
        trains = other_room == "lrcore.training" and module in TRAINERS
        assert below or trains, f"{module} ({room}) imports {name} ({other_room}): that arrow runs back"


def test_only_workers_and_the_command_line_import_the_trainer() -> None:
    by = {a for a, b in INNER if place(b)[1] == "lrcore.training" and place(a)[1] != "lrcore.training"}
    assert by <= TRAINERS


def test_pages_do_not_know_the_command_line() -> None:
    assert not {(a, b) for a, b in INNER if place(b)[0] == COMMANDS and place(a)[0] != COMMANDS}


@pytest.mark.parametrize(
    ("library", "doors"),
    [
        ("streamlit", r"app|pages\..*|ui(\..*)?"),
        ("starlette", r"app|ui(\..*)?"),
        ("pandas", r"pages\..*|ui(\..*)?"),
        ("torch", r"lrcore\.training(\..*)?"),
        ("plotly", r"lrcore\.figures(\..*)?|ui\.assets"),
        ("sklearn", r"lrcore\.datasets\..*"),
    ],
)
def test_each_heavy_library_has_one_door(library: str, doors: str) -> None:
    through = {a for a, b in ARROWS if b.split(".")[0] == library}
    assert {module for module in through if not re.fullmatch(doors, module)} == set()


def test_the_trainer_comes_through_torchs_door() -> None:
    assert "torch" in {b.split(".")[0] for a, b in ARROWS if a.startswith("lrcore.training")}


def loaded(*modules: str) -> set[str]:
    """The heavy libraries that a fresh interpreter has loaded after importing `modules`."""
    code = (
        f"import sys, json; [__import__(name) for name in {modules!r}];"
        " print(json.dumps(sorted(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert run.returncode == 0, run.stderr
    return set(json.loads(run.stdout.splitlines()[-1])) & set(HEAVY)


def test_the_core_loads_nothing_heavy() -> None:
    assert loaded("lrcore") == set()


def test_the_heavy_libraries_would_be_noticed() -> None:
    assert "pandas" in loaded("pandas")


def test_no_part_of_the_core_but_the_trainer_loads_anything_heavy() -> None:
    rest = [
        name
        for name in MODULES
        if name.startswith("lrcore") and not name.startswith(("lrcore.training", "lrcore.jobs.zygote"))
    ]
    assert {
        "lrcore.jobs",
        "lrcore.figures.curves",
        "lrcore.figures.losses",
        "lrcore.links",
        "lrcore.__main__",
    } <= set(rest)
    assert loaded(*sorted(rest)) <= {"plotly"}  # an export of a figure may ask for it
    assert loaded("lrcore.jobs", "lrcore.figures", "lrcore.__main__") == set()


def test_the_web_process_does_not_load_torch() -> None:
    assert "torch" not in loaded(
        "app", *(name for name in sorted(MODULES) if name.startswith("ui.") and name != "ui.main")
    )


def project_files(*suffixes: str) -> list[Path]:
    """What git knows or would add; without git, everything in the project's rooms."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    if listed.returncode == 0:
        files = [ROOT / line for line in listed.stdout.splitlines()]
    else:
        files = [
            ROOT / "app.py",
            *(path for room in ("lrcore", "ui", "pages", "tests") for path in (ROOT / room).rglob("*")),
        ]
    return [path for path in files if path.suffix in suffixes and path.is_file()]


def test_no_file_is_longer_than_a_person_reads_at_once() -> None:
    files = project_files(".py", ".js", ".css")
    assert len(files) > 50
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in files
    }
    assert {name: length for name, length in lengths.items() if length > LINES_MAX} == {}


def test_no_source_names_a_directory_of_its_author() -> None:
    of_someone = re.compile(r"(?<![\w.~-])/(?:work|home|root|Users)/")
    assert of_someone.search('open("/ho' + 'me/me/x")')
    found = {
        f"{path.relative_to(ROOT)}:{number}"
        for path in project_files(".py", ".js", ".css", ".md", ".toml", ".txt", ".json")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if of_someone.search(line)
    }
    assert found == set()
