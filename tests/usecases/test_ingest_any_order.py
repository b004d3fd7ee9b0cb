"""Any sequence of changes in two folders leaves the archive that their files describe."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.news.article import INSTANCE_SHELF
from tests.support.clocks import ManualClock
from tests.support.examples import up_to
from tests.support.newsroom import Newsroom, open_newsroom
from tests.support.seed_files import make_seed_file

FOLDERS = ("seeds", "other")
NAMES = ("a.md", "b.md", "sub/a.md", "index.md")
SHELVES = (INSTANCE_SHELF,)
Said = tuple[str, str, str]
"""Title, link and excerpt of an article."""

places = st.builds(os.path.join, st.sampled_from(FOLDERS), st.sampled_from(NAMES))
links = st.integers(0, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A change of one file, and whether the folders are looked at after it."""

    act: str
    place: str
    to: str
    title: int
    link: int
    text: int
    looks: bool


steps = st.lists(
    st.builds(
        Step,
        act=st.sampled_from(("write", "write", "retitle", "relink", "retext", "rename", "delete")),
        place=places,
        to=places,
        title=st.integers(0, 3),
        link=links,
        text=st.integers(0, 1),
        looks=st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


class Desk:
    """The files of two folders, as a person changes them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: dict[str, tuple[int, int, int]] = {}
        self._ticks = 0

    def apply(self, step: Step) -> None:
        """Change a file, if it is there; a rename keeps its time."""
        title, link, text = self.files.get(step.place, (step.title, step.link, step.text))
        if step.act == "write":
            self._write(step.place, step.title, step.link, step.text)
        elif step.place not in self.files:
            return
        elif step.act == "delete":
            (self.root / step.place).unlink()
            del self.files[step.place]
        elif step.act == "rename":
            (self.root / step.to).parent.mkdir(parents=True, exist_ok=True)
            (self.root / step.place).rename(self.root / step.to)
            self.files[step.to] = self.files.pop(step.place)
        elif step.act == "retitle":
            self._write(step.place, step.title, link, text)
        elif step.act == "relink":
            self._write(step.place, title, step.link, text)
        else:
            self._write(step.place, title, link, step.text)

    def _write(self, place: str, title: int, link: int, text: int) -> None:
        path = self.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make_seed_file(title=f"Title {title}", webUrl=_url(link), excerpt=f"Text {text}."))
        self._ticks += 1
        os.utime(path, ns=(self._ticks, self._ticks))
        self.files[place] = title, link, text


def _url(link: int) -> str:
    return f"https://town.example/{link}"


async def _look(newsroom: Newsroom, root: Path) -> None:
    for folder in FOLDERS:
        (root / folder).mkdir(exist_ok=True)
        await newsroom.look(root / folder)


async def _archive(newsroom: Newsroom) -> dict[str, Said]:
    """What each article says, by its id."""
    found = [article for link in range(4) for article in await newsroom.store.find_by_url(SHELVES, _url(link))]
    return {each.id: (each.title, each.url, each.excerpt) for each in found}


async def _afresh(root: Path) -> list[Said]:
    """What the articles say after a first import of the files."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_newsroom(Path(folder), ManualClock()) as newsroom:
            await _look(newsroom, root)
            return list((await _archive(newsroom)).values())


async def _run(root: Path, changes: list[Step]) -> None:
    async with open_newsroom(root, ManualClock()) as newsroom:
        desk = Desk(root)
        archive: dict[str, Said] = {}
        for step in changes:
            desk.apply(step)
            if step.looks or step is changes[-1]:
                before = archive
                await _look(newsroom, root)
                archive = await _archive(newsroom)
                kept = {each for each, (title, url, _) in before.items() if {title, url} & {*archive.get(each, ())}}
                assert kept == before.keys(), "an article was lost, or replaced by one of another title and link"
        missing = Counter(await _afresh(root)) - Counter(archive.values())
        assert missing == Counter(), "a fresh import of the files has articles that are not in the archive"


@up_to(25)
@given(steps)
def test_any_sequence_of_changes_leaves_the_archive_of_its_files(changes: list[Step]) -> None:
    """What a fresh import of the files has is there; nothing is replaced by an article of another title and link."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_run(Path(folder), changes))
