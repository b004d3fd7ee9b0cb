"""A file on its way to Discord."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that is sent with a message or as an option's value."""

    filename: str
    content: bytes
    content_type: str = "application/octet-stream"
