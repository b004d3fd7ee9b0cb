"""The real data, in the folder that NEWSDESK_DATA names. It is never copied into the project.

Tests about the data itself (`need_data`) skip without it and say how to get it; with NEWSDESK_DATA_REQUIRED=1 they
fail instead. Tests that check more with it, such as requests against Discord's description, use `find_data`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import pytest

HOW_TO_GET_IT = (
    "set NEWSDESK_DATA to a folder laid out as upstream/news/*, upstream/golden_editions.json, discord/openapi.json "
    "(Discord's published description, github.com/discord/discord-api-spec) and relevance/*"
)


def find_data(*parts: str, environ: Mapping[str, str] = os.environ) -> Path | None:
    """Find a file or folder of the data, for tests that check less without it.

    Args:
        parts: The path below the data folder; without any, the folder itself.
        environ: The environment with NEWSDESK_DATA and NEWSDESK_DATA_REQUIRED.

    Returns:
        The path, or None if the data is missing and not required.
    """
    folder = environ.get("NEWSDESK_DATA", "")
    path = Path(folder, *parts)
    if folder and path.exists():
        return path
    if environ.get("NEWSDESK_DATA_REQUIRED") == "1":
        _fail(path if folder else None)
    return None


def need_data(*parts: str, environ: Mapping[str, str] = os.environ) -> Path:
    """Get a file or folder of the data, for tests about the data itself; skip the test if it is missing.

    Args:
        parts: The path below the data folder; without any, the folder itself.
        environ: The environment with NEWSDESK_DATA and NEWSDESK_DATA_REQUIRED.
    """
    path = find_data(*parts, environ=environ)
    if path is None:
        pytest.skip(f"{'/'.join(parts) or 'data'} is missing: {HOW_TO_GET_IT}")
    return path


def _fail(path: Path | None) -> NoReturn:
    what = "NEWSDESK_DATA is not set" if path is None else f"{path} is missing"
    pytest.fail(f"NEWSDESK_DATA_REQUIRED=1, but {what}: {HOW_TO_GET_IT}")
