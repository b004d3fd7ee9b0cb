"""Read a feeds file: feeds.toml, or an OPML file as a reader exported it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from bot.collect.feed import EVERY_MINUTES, MAX_AGE_DAYS, Feed, FeedList, Settings
from bot.collect.feeds.opml import is_opml, read_opml
from bot.errors import ConfigError
from bot.news.article import BASE_QUALITY
from bot.text.links import clean_url
from bot.text.pages import page_key

LARGEST_FILE: Final = 16 * 1024**2

_CURE: Final = "docs/collect.md explains every key."


def _wrong(what: str) -> PydanticCustomError:
    return PydanticCustomError("newsdesk", "{what}", {"what": what})


def _url(value: object) -> str:
    cleaned = clean_url(value) if isinstance(value, str) else None
    if cleaned is None:
        raise _wrong("not a public web address")
    return cleaned


def _list(value: object) -> object:
    """Take a list as it is, and one text as a list of one."""
    return [value] if isinstance(value, str) else value


Words = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], BeforeValidator(_list)]


class _Values(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class _Feed(_Values):
    url: Annotated[str, BeforeValidator(_url)] = Field(description="an address such as https://example.com/feed")
    name: str = Field("", max_length=200, description="a name of up to 200 characters")
    topics: Words = Field((), description="a list of names")
    quality: int = Field(BASE_QUALITY, ge=0, le=1000, description="a whole number from 0 to 1000")
    language: str = Field("", max_length=20, description="a language such as en or pt-BR")
    per_day: int | None = Field(None, ge=1, le=100_000, description="a whole number from 1")
    take: Words = Field((), description="a list of words or phrases")
    leave: Words = Field((), description="a list of words or phrases")
    pages: bool = Field(default=True, description="true or false")


class _File(_Values):
    folder: str = Field("", description="the path of a folder")
    every_minutes: int = Field(EVERY_MINUTES, ge=1, le=1440, description="a whole number from 1 to 1440")
    contact: str = Field("", max_length=200, pattern=r"^[!-~]*$", description="a page or address without spaces")
    pages: bool = Field(default=True, description="true or false")
    max_age_days: int = Field(MAX_AGE_DAYS, ge=1, le=36_500, description="a whole number from 1 to 36500")
    topics: dict[str, Words] = Field({}, description='lines such as AI = ["machine learning"]')
    feed: tuple[_Feed, ...] = Field((), description="blocks that begin with [[feed]]")


def read_feeds(path: Path) -> FeedList:
    """Read a feeds file.

    Raises:
        ConfigError: It can't be read, or a value is wrong; `problems` has one line for each.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = f"{path}: can't be read ({error.strerror})"
        raise ConfigError((reason,), cure="`newsdesk feeds add URL` creates one.") from error
    if len(data) > LARGEST_FILE:
        raise ConfigError((f"{path}: larger than {LARGEST_FILE // 1024**2} MiB",))
    if is_opml(data):
        return FeedList(feeds=_each_once(read_opml(data)))
    return parse_feeds(data, path)


def parse_feeds(data: bytes, path: Path) -> FeedList:
    """Parse the bytes of a feeds.toml.

    Args:
        data: The whole file.
        path: Where it is: a relative folder is relative to the file's own.

    Raises:
        ConfigError: As for `read_feeds`.
    """
    try:
        values = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError((f"{path}: not TOML: {error}",), cure=_CURE) from error
    try:
        file = _File.model_validate(values)
    except ValidationError as error:
        problems = tuple(_sentence(path, values, each) for each in error.errors(include_url=False))
        raise ConfigError(problems, cure=_CURE) from None
    return FeedList(
        feeds=_each_once(Feed(**each.model_dump()) for each in file.feed),
        settings=Settings(
            folder=path.absolute().parent / Path(file.folder).expanduser() if file.folder else None,
            every_minutes=file.every_minutes,
            contact=file.contact,
            pages=file.pages,
            max_age_days=file.max_age_days,
        ),
        topic_words=file.topics,
    )


def _each_once(feeds: Any) -> tuple[Feed, ...]:
    """Keep the first of feeds with one address, however it is spelled."""
    by_page: dict[str, Feed] = {}
    for feed in feeds:
        by_page.setdefault(page_key(feed.url), feed)
    return tuple(by_page.values())


def _sentence(path: Path, values: dict[str, Any], detail: ErrorDetails) -> str:
    """Describe one wrong value: which feed, which key, what is expected."""
    where = list(detail["loc"])
    model: Any = _File
    label = str(where[0]) if where else ""
    if len(where) > 1 and where[0] == "feed" and isinstance(where[1], int):
        feed = values["feed"][where[1]]
        url = feed.get("url", "") if isinstance(feed, dict) else ""
        key = str(where[2]) if len(where) > 2 else ""  # noqa: PLR2004 - feed, its number, its key
        label, model = f"feed {where[1] + 1} ({url}): {key}", _Feed
        where = [key]
    if detail["type"] == "extra_forbidden":
        return f"{path}: {label}: unknown key; expected one of {', '.join(model.model_fields)}"
    field = model.model_fields.get(str(where[0])) if where else None
    expected = field.description if field is not None else "TOML as in docs/collect.md"
    what = detail["msg"] if detail["type"] == "newsdesk" else f"{str(detail['input'])[:80]!r} can't be used"
    what = "missing" if detail["type"] == "missing" else what
    return f"{path}: {label}: {what}; expected {expected}"
