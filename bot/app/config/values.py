"""Read single values of the configuration; each is converted, or refused with a sentence for the operator."""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import SecretStr
from pydantic_core import PydanticCustomError

_HIGHEST_PORT: Final = 65_535

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address on this machine to listen at."""

    host: str
    port: int


def _wrong(what: str) -> PydanticCustomError:
    """Describe what is wrong with a value, as a template's argument, because it may contain braces."""
    return PydanticCustomError("newsdesk", "{what}", {"what": what})


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _wrong("is not a string")
    if not value:
        raise _wrong("is empty")
    return value


def read_token(value: object) -> SecretStr:
    """Read the bot's token."""
    text = _text(_text(value).strip())
    if text.lower().startswith("bot "):
        raise _wrong("starts with 'Bot '")
    if not re.fullmatch(r"[!-~]+", text):
        raise _wrong("contains spaces or other characters that a token can't have")
    return SecretStr(text)


def read_postgres(value: object) -> SecretStr:
    """Read the address of a PostgreSQL, which may contain a password."""
    text = _text(value)
    try:
        usable = urlsplit(text).scheme in {"postgresql", "postgres"}
    except ValueError:
        usable = False
    if not usable:
        raise _wrong("is not an address of PostgreSQL")
    return SecretStr(text)


def read_path(value: object) -> Path:
    """Read a path."""
    text = _text(value)
    if "\0" in text:
        raise _wrong("contains a character that a path can't have")
    return Path(text)


def read_paths(value: object) -> tuple[Path, ...]:
    """Read a list of folders; one that does not exist may be created later."""
    if not isinstance(value, list):
        raise _wrong("is not a list")
    paths = tuple(read_path(item) for item in value)
    for path in paths:
        if os.path.exists(path) and not path.is_dir():  # noqa: PTH110 - Path.exists raises if a name is too long
            raise _wrong(f"{path} is not a folder")
    return paths


def read_zone(value: object) -> zoneinfo.ZoneInfo:
    """Read the name of a time zone."""
    text = _text(value)
    try:
        return zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = {name.lower(): name for name in zoneinfo.available_timezones()}
        raise _wrong(f"unknown time zone {text!r}{guess(text.lower(), known)}") from None


def read_level(value: object) -> str:
    """Read a log level in any case."""
    return _text(value).upper()


def read_own_address(value: object) -> Address | None:
    """Read an address of this machine with a port; None for an empty value."""
    address = read_address(value)
    if address is not None and not _is_loopback(address.host):
        raise _wrong(f"other machines could reach {address.host!r}")
    return address


def read_address(value: object) -> Address | None:
    """Read an address to listen at, with a port; None for an empty value."""
    if value == "":
        return None
    host, _, port = _text(value).rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > _HIGHEST_PORT:
        raise _wrong(f"{value!r} is not an address with a port")
    if host != "localhost" and not _is_ip(host):
        raise _wrong(f"{host!r} is not an IP address")
    return Address(host=host, port=int(port))


def read_public_key(value: object) -> str:
    """Read the public key of an application."""
    text = _text(_text(value).strip())
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise _wrong("is not a public key")
    return text.lower()


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def read_api_base(value: object) -> str:
    """Read the address of a Discord on this machine."""
    text = _text(value)
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        raise _wrong(f"{text!r} is not a URL") from None
    if not usable:
        raise _wrong(f"{text!r} is not a usable URL")
    if not _is_loopback(parts.hostname or ""):
        raise _wrong(f"{parts.hostname!r} is not this machine")
    return text.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def guess(text: str, known: Mapping[str, str]) -> str:
    """Ask whether a known name was meant, if one is like the text; empty if none is."""
    near = difflib.get_close_matches(text, known, 1)
    return f" (did you mean {known[near[0]]}?)" if near else ""
