"""Seed files and zips for tests, as bytes: lawful ones with only the lines that a claim is about said by the test."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

SHIPPED = Path(__file__).parents[2] / "seeds"
"""The five seeds that ship with the bot."""

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
    """A seed file. Fields are written as JSON, which YAML reads; `without` leaves some of the usual ones out."""
    said = {name: value for name, value in {**_FIELDS, **fields}.items() if name not in without}
    return front("\n".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in said.items()))


def front(yaml: str) -> bytes:
    """Front matter that holds these lines as they are."""
    return f"---\n{yaml}\n---\n".encode(errors="surrogatepass")


def make_zip(files: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()
