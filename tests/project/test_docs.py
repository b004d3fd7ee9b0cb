"""What is written for people is true: each key of the configuration is explained where they look for it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.app.config import KEYS, load_config

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted((ROOT / "docs").glob("*.md"))
EXAMPLE = (ROOT / "config.example.toml").read_text(encoding="utf-8")


def switched_on() -> str:
    """The example with every key that it shows taken as it is shown."""
    return re.sub(r"^#(?=[a-z_]+ = )", "", EXAMPLE, flags=re.MULTILINE)


def test_the_example_is_a_configuration_as_it_is(tmp_path: Path) -> None:
    """Copied and left alone, it changes nothing."""
    (tmp_path / "config.toml").write_text(EXAMPLE, encoding="utf-8")
    home = {"HOME": str(tmp_path)}

    assert load_config(tmp_path / "config.toml", home) == load_config(None, home)


def test_the_example_shows_every_key_with_its_default(tmp_path: Path) -> None:
    """Nobody has to read the code to know what happens without a key."""
    (tmp_path / "config.toml").write_text(switched_on(), encoding="utf-8")
    home = {"HOME": str(tmp_path)}

    assert load_config(tmp_path / "config.toml", home) == load_config(None, home)


@pytest.mark.parametrize("key", KEYS)
def test_the_example_explains_every_key(key: str) -> None:
    """A comment is above it."""
    table, _, last = key.rpartition(".")
    top, _, limits = EXAMPLE.partition("[limits]")
    lines = (limits if table else top).splitlines()

    (place,) = (number for number, line in enumerate(lines) if line.startswith(f"#{last} = "))
    assert lines[place - 1].startswith("# ")


@pytest.mark.parametrize("key", KEYS)
def test_the_operators_manual_names_every_key(key: str) -> None:
    """In backticks, in the section about the configuration."""
    manual = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    section = re.search(r"^## Configuration\n(.*?)(?=^## |\Z)", manual, re.MULTILINE | re.DOTALL)

    assert section is not None
    assert f"`{key}`" in section[1]


@pytest.mark.parametrize(("path", "most"), [("README.md", 300), *((f"docs/{path.name}", 200) for path in DOCUMENTS)])
def test_document_is_short_enough_to_be_read(path: str, most: int) -> None:
    """The README is read in one go, a document about one subject, too."""
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= most
