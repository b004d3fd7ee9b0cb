"""Starter packs: lists of feeds by theme, as OPML files beside this module, for a first edition within minutes."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

from bot.collect.feed import Feed
from bot.collect.feeds.opml import read_opml
from bot.errors import NewsdeskError

_FOLDER: Final = files("bot.collect.feeds").joinpath("packs")
_ENDING: Final = ".opml"


def pack_names() -> tuple[str, ...]:
    """List the names of all packs."""
    return tuple(sorted(each.name.removesuffix(_ENDING) for each in _FOLDER.iterdir() if each.name.endswith(_ENDING)))


def read_pack(name: str) -> list[Feed]:
    """Read the feeds of a pack.

    Raises:
        NewsdeskError: There is no such pack.
    """
    if name not in pack_names():
        raise NewsdeskError(f"No starter pack {name}.", cure=f"There are: {', '.join(pack_names())}.")
    return read_opml(_FOLDER.joinpath(f"{name}{_ENDING}").read_bytes())
