"""What holds for every file: it is short enough to read, and it names nobody's directory."""

from __future__ import annotations

import re

from tests.source import ROOT, project_files

LINES_MAX = 250
COLUMNS_MAX = 110


def test_no_file_is_longer_than_a_person_reads_at_once() -> None:
    files = project_files(".py", ".js", ".css")
    assert len(files) > 50
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in files
    }
    assert {name: length for name, length in lengths.items() if length > LINES_MAX} == {}


def test_no_line_is_wider_than_a_person_reads_at_once() -> None:
    wide = {
        f"{path.relative_to(ROOT)}:{number}"
        for path in project_files(".py", ".js", ".css")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > COLUMNS_MAX
    }
    assert wide == set()


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
