"""What came of fetching an address."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave to ask later whether anything has changed; both may be empty."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A body arrived.

    Attributes:
        body: Decompressed.
        url: Where it came from, after redirects.
        moved_to: Where the address has permanently moved to; empty if it has not.
        charset: As the server names it; empty if it doesn't.
        content_type: Such as text and html with a slash between them, in lower case.
        fresh_s: Seconds for which the server asks not to be asked again.
    """

    body: bytes
    url: str
    moved_to: str = ""
    charset: str = ""
    content_type: str = ""
    validators: Validators = field(default_factory=Validators)
    fresh_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """Nothing has changed since the last time (304)."""

    moved_to: str = ""
    fresh_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """The address was removed permanently (410)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Nothing usable arrived.

    Attributes:
        reason: One phrase, without a full stop.
        retry_after_s: Seconds that the server asks to wait; 0 if it doesn't.
        is_refused: The address must not be fetched at all: it leads to a private network, or isn't a web address.
    """

    reason: str
    retry_after_s: int = 0
    is_refused: bool = False


Outcome = Fetched | Unchanged | Gone | Failed
