"""What is installed: locked, hashed, from no named index, and with every file that the bot needs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FILES = (
    "requirements.txt",
    "requirements-build.txt",
    "requirements-bench.txt",
    "requirements-collect.txt",
    "requirements-http.txt",
    "requirements-dev.txt",
    "requirements-postgres.txt",
)
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def locked(name: str) -> dict[str, tuple[Requirement, str]]:
    """The requirements of a file by name, each with its text."""
    text = re.sub(r"^ *#.*\n?", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    blocks = [block for block in text.replace("\\\n", " ").splitlines() if block.strip()]
    parsed = [(Requirement(block.split("--hash")[0].strip()), block) for block in blocks]
    return {requirement.name: (requirement, block) for requirement, block in parsed}


def normal(name: str) -> str:
    """A distribution's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", FILES)
def test_every_requirement_is_one_version_with_hashes(name: str) -> None:
    """What is installed is what was checked."""
    loose = [
        requirement.name
        for requirement, block in locked(name).values()
        if "--hash=sha256:" not in block or [part.operator for part in requirement.specifier] != ["=="]
    ]
    assert loose == []


@pytest.mark.parametrize("name", FILES)
def test_no_requirements_file_names_an_index_or_a_place(name: str) -> None:
    """Where packages come from is the installer's decision."""
    text = (ROOT / name).read_text(encoding="utf-8")

    assert re.findall(r"^ *(?:-i|--(?:extra-)?index-url|--find-links|-f)\b.*|.*://.*|.*@ .*", text, re.MULTILINE) == []


def test_every_dependency_is_locked_in_a_version_that_is_allowed() -> None:
    """pyproject.toml and the locks are changed together: `make lock`."""
    runtime = locked("requirements.txt")
    wanted = [(Requirement(text), runtime) for text in PROJECT["dependencies"]]
    for extra in ("dev", "bench", "collect", "http"):
        lock = locked(f"requirements-{extra}.txt")
        asked = PROJECT["optional-dependencies"][extra]
        wanted += [(Requirement(text), lock) for text in asked if "newsdesk" not in text]

    wrong = [
        str(requirement)
        for requirement, lock in wanted
        if normal(requirement.name) not in lock
        or not requirement.specifier.contains(next(iter(lock[normal(requirement.name)][0].specifier)).version)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "name",
    [
        "requirements.txt",
        "requirements-build.txt",
        "requirements-collect.txt",
        "requirements-http.txt",
        "requirements-postgres.txt",
    ],
)
def test_the_files_agree_on_every_version(name: str) -> None:
    """Tested is what runs."""
    dev = locked("requirements-dev.txt")

    assert [block for package, (_, block) in locked(name).items() if dev[package][1] != block] == []


def test_what_is_measured_is_what_runs() -> None:
    """The libraries for comparison bring no other versions of the bot's own."""
    dev, bench = locked("requirements-dev.txt"), locked("requirements-bench.txt")

    assert [name for name, (_, block) in bench.items() if name in dev and dev[name][1] != block] == []


@pytest.mark.parametrize("python", PYTHONS)
def test_audioop_is_locked_for_the_pythons_that_lost_it(python: str) -> None:
    """discord.py imports it."""
    marker = locked("requirements.txt")["audioop-lts"][0].marker

    assert isinstance(marker, Marker)
    applies = marker.evaluate({"python_version": python, "python_full_version": f"{python}.0"})
    assert applies is (python in {"3.13", "3.14"})


def test_the_wheel_holds_every_file_below_bot(tmp_path: Path) -> None:
    """Also the migrations' SQL, the sandbox's page and the example's seeds, which no import would miss."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONWARNINGS": "default"},
    )
    (wheel,) = tmp_path.glob("newsdesk-*.whl")
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("bot/")}

    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "bot").rglob("*") if path.is_file()}
    assert {name for name in files if "__pycache__" not in name} - shipped == set()
    assert any(name.endswith(".sql") for name in shipped)
    assert "bot/unit/newsdesk.service" in shipped
    assert {name for name in shipped if name.startswith("bot/example/")} == {
        f"bot/example/{path.name}" for path in (ROOT / "seeds").iterdir()
    }
