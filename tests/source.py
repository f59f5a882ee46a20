"""The project's own source as the tests of its structure read it: modules, what they import, files."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("lrcore", "ui", "pages")


def _modules() -> dict[str, Path]:
    files = [ROOT / "app.py", *(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))]
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in files
    }


MODULES = _modules()
"""Every module of the app by its dotted name."""


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """(module, name) of everything that a file imports, wherever in the file: inside functions and for the
    type checker too. `from lrcore.values import limits` imports a module and no name."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively; write the whole name"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield (whole, "") if whole in MODULES else (str(node.module), alias.name)


def folder(module: str) -> str:
    """The folder that a module stands in, dotted."""
    path = MODULES[module]
    return ".".join(path.parent.relative_to(ROOT).parts)


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
            *(path for room in (*ROOMS, "tests") for path in (ROOT / room).rglob("*")),
        ]
    return [path for path in files if path.suffix in suffixes and path.is_file()]
