"""House rules that no other tool checks."""

import ast
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST_FILE = 350
LONGEST_FUNCTION = 45
MIGRATIONS = ROOT / "smstui" / "storage" / "migrations"
SOURCES = [path for path in (ROOT / "smstui").rglob("*.py") if MIGRATIONS not in path.parents]
LOCKS = ("requirements.lock", "requirements-dev.lock")


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """The functions of a module with their length in lines, signature and docstring left out."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
            yield f"{path.relative_to(ROOT)}: {node.name}", (node.end_lineno or 0) - first.lineno + 1


def test_files_are_short() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_functions_are_short() -> None:
    lengths = dict(item for path in SOURCES for item in functions(path))
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_texts_stand_where_they_are_found_to_be_translated() -> None:
    """Inside an f-string they are not, on Python 3.11."""
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in SOURCES
        for string in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in {"_", "ngettext"}
        if call.args and isinstance(call.args[0], ast.Constant)
    ]
    assert hidden == []


@pytest.mark.parametrize("name", LOCKS)
def test_locks_pin_everything_by_hash_and_name_no_index(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(
        r"^\s*(-i\b|--index|--extra-index|--find-links|-f\b|--trusted-host)|https?://", text, re.MULTILINE
    )
    requirements = re.split(r"\n(?=\S)", re.sub(r"^\s*#.*\n?", "", text, flags=re.MULTILINE).strip())
    assert requirements
    assert [each for each in requirements if "==" not in each or "--hash=sha256:" not in each] == []


def test_the_development_lock_holds_the_versions_of_the_other() -> None:
    pinned = [set(re.findall(r"^([\w.-]+==[^ ;\\]+)", (ROOT / name).read_text(), re.MULTILINE)) for name in LOCKS]
    assert pinned[0] <= pinned[1]


def test_the_package_holds_what_it_needs_at_run_time(tmp_path: Path) -> None:
    """A copy that was installed, not the folder that is worked in, has its styles, catalogues and migrations."""
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    pytest.importorskip("setuptools", minversion="77")
    source = tmp_path / "source"
    source.mkdir()
    for each in ("pyproject.toml", "README.md", "LICENSE"):
        (source / each).write_bytes((ROOT / each).read_bytes())
    subprocess.run(["cp", "-r", str(ROOT / "smstui"), str(source)], check=True)
    subprocess.run([*build, "--wheel-dir", str(tmp_path), str(source)], check=True, capture_output=True, timeout=100)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        held = set(wheel.namelist())
    data = [path for path in (ROOT / "smstui").rglob("*") if path.suffix in {".tcss", ".mo", ".html", ".mako"}]
    assert {str(path.relative_to(ROOT)) for path in data} - held == set()
    assert any(name.startswith("smstui/storage/migrations/versions/") for name in held)
