"""Download an attachment to a file, piece by piece: discord.py's `Attachment.read` holds all of it in memory."""

from __future__ import annotations

from collections.abc import Awaitable
from http import HTTPStatus
from pathlib import Path
from typing import Final, Protocol

import aiohttp

from bot.errors import BadInputError

_PIECE: Final = 64 * 1024
_TIMEOUT: Final = aiohttp.ClientTimeout(total=60, sock_connect=10, sock_read=20)


class Download(Protocol):
    """Writes what is at a URL of Discord's to a file: `download`."""

    def __call__(self, url: str, target: Path, /, *, most_bytes: int) -> Awaitable[None]:
        """Write it; as `download`."""


async def download(url: str, target: Path, *, most_bytes: int) -> None:
    """Write what is at a URL of Discord's to a file.

    Args:
        url: As Discord sent it; another address that it leads to is not asked.
        target: The file.
        most_bytes: Its largest size, whatever Discord said of it.

    Raises:
        BadInputError: It is larger, or it can't be downloaded.
    """
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT) as session,
            session.get(url, allow_redirects=False) as response,
        ):
            if response.status != HTTPStatus.OK:
                raise _unavailable()
            size = 0
            with target.open("wb") as file:
                async for piece in response.content.iter_chunked(_PIECE):
                    size += len(piece)
                    if size > most_bytes:
                        raise BadInputError("The file is larger than Discord said.", cure="Upload it again.")
                    file.write(piece)
    except (aiohttp.ClientError, OSError) as error:  # TimeoutError is one
        raise _unavailable() from error


def _unavailable() -> BadInputError:
    return BadInputError("The file can't be downloaded from Discord.", cure="Upload it again.")
