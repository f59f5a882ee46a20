"""Removes from an image's site-packages what no installed program reads. The build runs it, and after it
deploy/rehearse.py, which shows that nothing is missed.

Only three kinds of things go: what is there to compile against a library (headers, static libraries), what is
there to test it, and parts of Apache Arrow that need a service this app never talks to, each with the library
that nothing else links.
"""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path

SITE = Path(sysconfig.get_paths()["purelib"])
UNUSED = [
    "torch/include",
    "torch/share",
    "torch/test",
    "torch/bin/[!t]*",
    "torch/bin/test_*",  # leaves torch_shm_manager, which tensors in shared memory want
    "torch/lib/*.a",
    "torch/lib/*_test.so",
    "numpy/_core/include",
    "numpy/_core/lib/*.a",
    "numpy/random/lib/*.a",
    "numpy/**/tests",
    "pandas/tests",
    "plotly/labextension",  # for notebooks
    "plotly/package_data/datasets",
    "pydeck/nbextension",
    "pyarrow/include",
    "pyarrow/tests",
    "pyarrow/_flight*",
    "pyarrow/libarrow_flight*",
    "pyarrow/_s3fs*",
    "pyarrow/libarrow_s3*",
    "scipy/**/tests",
    "sklearn/**/tests",
    "sympy/**/tests",
    "networkx/**/tests",
    "**/*.pyi",
    "**/*.pxd",
]


def main() -> None:
    freed = 0
    for pattern in UNUSED:
        for path in sorted(SITE.glob(pattern)):
            files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
            freed += sum(each.lstat().st_size for each in files)
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    print(f"removed {freed / 1e6:.0f} MB of what is there for compilers and tests")


if __name__ == "__main__":
    main()
