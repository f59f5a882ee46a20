"""Uses an installed app as its visitors will: the build of an image runs it, in the app's folder.

It fails where something that the app needs is not installed, and it leaves compiled bytecode beside each
module that the app uses.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

sys.dont_write_bytecode = False  # this file alone was started with -B
sys.path.insert(0, os.getcwd())
EXTRAS = ("dask", "distributed")
DATA = ("moons()", "digits()", "diabetes()")


def imported() -> int:
    """Import every module of the app, but for those that need what an image may go without."""
    names = [
        found.name
        for package in ("lrcore", "ui")
        for found in pkgutil.walk_packages([package], f"{package}.")
        if not found.name.endswith(("__main__", "ui.main"))
    ]
    for name in names:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as missing:
            if missing.name not in EXTRAS:
                raise
    return len(names)


def train(data: str) -> None:
    command = [sys.executable, "-m", "lrcore", "train", "--plan", "lr=0.1", "--data", data, "--steps", "20"]
    subprocess.run(command, check=True, timeout=300, stdout=subprocess.DEVNULL)


def look() -> None:
    """Run each page's script."""
    page = AppTest.from_file(os.path.abspath("ui/main.py"), default_timeout=300).run()
    for script in ("playground", "curves"):
        page.switch_page(os.path.abspath(f"pages/{script}.py")).run()
        if page.exception:
            raise SystemExit(f"{script}: {page.exception[0].message}")


def export() -> None:
    """The one export that loads more of a library than drawing does."""
    from lrcore.figures.html import figure_html

    figure_html({"data": [{"x": [0, 1], "y": [0, 1]}], "layout": {}}, "a line")


def serve() -> None:
    """Start the app, ask whether it can train, and end it."""
    app = subprocess.Popen([sys.executable, "app.py"])
    try:
        end = time.monotonic() + 300
        while subprocess.run([sys.executable, "-m", "ui.server.health"], capture_output=True).returncode:
            if app.poll() is not None or time.monotonic() > end:
                raise SystemExit("The app does not come up.")
            time.sleep(0.5)
    finally:
        app.send_signal(signal.SIGTERM)
    if status := app.wait(30):
        raise SystemExit(f"The app ended with exit status {status}.")


def main() -> None:
    started = time.monotonic()
    print(f"{imported()} modules")
    for data in DATA:
        train(data)
    export()
    serve()
    look()
    compiled = sum(path.stat().st_size for path in Path(sys.prefix).rglob("*.pyc"))
    print(f"rehearsed in {time.monotonic() - started:.0f} s; {compiled / 1e6:.0f} MB of bytecode")


if __name__ == "__main__":
    main()
    from ui.server import engine

    engine.stop()
