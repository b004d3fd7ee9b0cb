"""Factories of valid seed files and zips, as bytes; a test gives only the lines that it is about."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from bot.news.article import RefusedSeed, SeedProblem
from bot.seedfile.front import FrontMatter, find_front_matter

SHIPPED = Path(__file__).parents[2] / "seeds"
"""The five seeds that ship with the bot."""

NOW = datetime(2024, 1, 1, tzinfo=UTC)
"""After the youngest shipped seed: when tests read."""

_FIELDS: Mapping[str, object] = {
    "title": "Lawmakers pass police reform",
    "excerpt": "A bill goes to the governor.",
    "publishedDateTime": "2021-05-07T14:19:00Z",
    "webUrl": "https://www.example.com/reform",
    "quality": 62,
    "heat": 92,
    "published": True,
    "provider": {"name": "The Example", "domain": "example.com"},
    "topics": ["AI"],
}


def make_seed_file(*, without: tuple[str, ...] = (), **fields: object) -> bytes:
    """Create a seed file. Fields are written as JSON, which is valid YAML; `without` omits default fields."""
    fields = {name: value for name, value in {**_FIELDS, **fields}.items() if name not in without}
    return front("\n".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items()))


def front(yaml: str) -> bytes:
    """Create front matter of these lines, unchanged."""
    return f"---\n{yaml}\n---\n".encode(errors="surrogatepass")


def front_of(data: bytes) -> FrontMatter:
    """The front matter of a seed file that has one."""
    found = find_front_matter(data)
    assert found is not None
    return found


def problem_of(result: object) -> SeedProblem:
    """The only problem of a rejected file."""
    assert isinstance(result, RefusedSeed), result
    (problem,) = result.problems
    return problem


def make_zip(files: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Create a zip of these files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()
