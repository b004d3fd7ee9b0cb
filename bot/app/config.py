"""Load the configuration: config.toml and the environment become one frozen `Config`, or a list of every wrong key.

The environment overrides the file. A field's description says what is expected, and problems are worded with it, so a
limit and its explanation can't diverge. No problem repeats a value that may be a secret.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import tomllib
import zoneinfo
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from bot.app.folders import find_file, find_home, xdg_folder
from bot.app.log import LogFormat, Redactor
from bot.errors import ConfigError

PREFIX: Final = "NEWSDESK_"

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


def _token(value: object) -> SecretStr:
    text = _text(_text(value).strip())
    if text.lower().startswith("bot "):
        raise _wrong("starts with 'Bot '")
    if not re.fullmatch(r"[!-~]+", text):
        raise _wrong("contains spaces or other characters that a token can't have")
    return SecretStr(text)


def _path(value: object) -> Path:
    text = _text(value)
    if "\0" in text:
        raise _wrong("contains a character that a path can't have")
    return Path(text)


def _paths(value: object) -> tuple[Path, ...]:
    if not isinstance(value, list):
        raise _wrong("is not a list")
    paths = tuple(_path(item) for item in value)
    for path in paths:
        if os.path.exists(path) and not path.is_dir():  # noqa: PTH110 - Path.exists raises if a name is too long
            raise _wrong(f"{path} is not a folder")
    return paths


def _zone(value: object) -> zoneinfo.ZoneInfo:
    text = _text(value)
    try:
        return zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = {name.lower(): name for name in zoneinfo.available_timezones()}
        raise _wrong(f"unknown time zone {text!r}{_meant(text.lower(), known)}") from None


def _level(value: object) -> str:
    return _text(value).upper()


def _address(value: object) -> Address | None:
    if value == "":
        return None
    host, _, port = _text(value).rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > _HIGHEST_PORT:
        raise _wrong(f"{value!r} is not an address with a port")
    if not _is_loopback(host):
        raise _wrong(f"other machines could reach {host!r}")
    return Address(host=host, port=int(port))


def _api_base(value: object) -> str:
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


class _Values(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", hide_input_in_errors=True)


class Limits(_Values):
    """How much one member or one server may ask for (docs/security.md, Floods)."""

    commands_per_minute: int = Field(30, ge=1, le=600, description="a whole number from 1 to 600")
    commands_at_once: int = Field(5, ge=1, le=50, description="a whole number from 1 to 50")
    imports_per_hour: int = Field(10, ge=1, le=1000, description="a whole number from 1 to 1000")
    articles_per_shelf: int = Field(20_000, ge=1, le=1_000_000, description="a whole number from 1 to 1000000")
    shelf_megabytes: int = Field(128, ge=1, le=4096, description="a whole number from 1 to 4096")


class Config(_Values):
    """The validated configuration.

    Attributes:
        token: None if it is missing: commands that don't need Discord work without it. See `require_token`.
        token_file: The file that the token was read from, if any.
        database: The SQLite file; its folder may not exist yet.
        seeds: The operator's folders of seed files; a folder may not exist yet.
        feeds: The feeds file of `newsdesk collect`; None if the bot's articles come from elsewhere.
        feeds_test_site: A domain of tests that leads to this machine; empty in practice.
        default_timezone: The default for schedules and dates.
        health_address: The address of /healthz and /metrics; None switches them off.
        quality: The quality of articles whose seeds have none, by provider domain (lower case, without `www.`).
        owner_notices: Whether the application's owner gets the notices of the whole instance as direct messages.
        api_base: Another address of Discord's API, on this machine; None is Discord's own.
    """

    token: Annotated[SecretStr | None, BeforeValidator(_token)] = Field(
        None, description="only the bot's token, as the Developer Portal shows it"
    )
    token_file: Annotated[Path | None, BeforeValidator(_path)] = Field(
        None, description="a file that contains only the token"
    )
    database: Annotated[Path, BeforeValidator(_path)] = Field(description="the path of a file")
    seeds: Annotated[tuple[Path, ...], BeforeValidator(_paths)] = Field((), description="a list of folders")
    feeds: Annotated[Path | None, BeforeValidator(_path)] = Field(
        None, description="the path of a feeds file, feeds.toml or OPML"
    )
    feeds_test_site: str = Field(
        "", pattern=r"^$|^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.test:[0-9]{1,5}$", description="a domain below .test and a port"
    )
    default_timezone: Annotated[zoneinfo.ZoneInfo, BeforeValidator(_zone)] = Field(
        zoneinfo.ZoneInfo("UTC"), description="a name of the tz database such as Europe/Berlin"
    )
    log_level: Annotated[LogLevel, BeforeValidator(_level)] = Field(
        "INFO", description="one of DEBUG, INFO, WARNING, ERROR"
    )
    log_format: LogFormat = Field("console", description="console or json")
    health_address: Annotated[Address | None, BeforeValidator(_address)] = Field(
        Address(host="127.0.0.1", port=8099),
        description="an address of this machine, such as 127.0.0.1:8099, or an empty value to switch it off",
    )
    owner_notices: bool = Field(default=True, description="true or false")
    api_base: Annotated[str | None, BeforeValidator(_api_base)] = Field(
        None, description="a URL on this machine, such as http://127.0.0.1:8080/api"
    )
    quality: dict[str, Annotated[int, Field(ge=0, le=1000)]] = Field(
        {}, description='lines such as "example.com" = 80, from 0 to 1000'
    )
    limits: Limits = Limits()

    def require_token(self) -> str:
        """Get the bot's token in clear text; callers must neither keep nor show it.

        Raises:
            ConfigError: it is missing.
        """
        if self.token is None:
            raise ConfigError(
                ("token: missing",),
                cure="Create one in Discord's Developer Portal (your application, Bot, Reset Token) and set"
                " NEWSDESK_TOKEN or token_file.",
            )
        return self.token.get_secret_value()

    def secrets(self) -> tuple[str, ...]:
        """Get the values that must not be logged."""
        return () if self.token is None else (self.token.get_secret_value(),)


def load_config(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Read the configuration.

    Args:
        path: The file; None means ./config.toml, else newsdesk/config.toml in the XDG config folder, else no file.
        environ: The environment: NEWSDESK_<KEY> and NEWSDESK_LIMITS_<KEY> override the file; HOME and XDG_* locate
            the default folders. An empty variable is ignored, except for NEWSDESK_HEALTH_ADDRESS. Relative paths in
            the file are relative to its folder, those in the environment to the working folder.

    Raises:
        ConfigError: a value is wrong; `problems` lists everything that is.
    """
    home = find_home(environ)
    source = path if path is not None else find_file(environ, home)
    given = _Given(home=home)
    if source is not None:
        given.take_file(source)
    given.take_environment(environ)
    given.read_token_file()
    given.values.setdefault(
        "database", str(xdg_folder(environ, "XDG_STATE_HOME", home / ".local/state") / "newsdesk.sqlite3")
    )
    config = None
    try:
        config = Config.model_validate(given.values)
    except ValidationError as error:
        given.problems += [_sentence(detail, given.names) for detail in error.errors(include_url=False)]
    if config is None or given.problems:
        # Not raised while handling pydantic's error, which holds the values: a traceback would show them.
        cure = "config.example.toml explains every key." if source is None else f"Fix {source} or the environment."
        raise ConfigError(tuple(map(Redactor(()), given.problems)), cure=cure)
    return config


@dataclass(slots=True, kw_only=True)
class _Given:
    """The values of the file and the environment, before validation.

    Attributes:
        values: As pydantic expects them; a key from the environment has replaced the file's.
        names: For a key from the environment, the variable's name: problems name what the operator wrote.
    """

    home: Path
    values: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def take_file(self, source: Path) -> None:
        text = ""
        try:
            text = source.read_bytes().decode("utf-8-sig")
            values = tomllib.loads(text)
        except OSError as error:
            self.problems.append(f"{source}: can't be read ({error.strerror}); expected a file that can be read")
        except UnicodeDecodeError as error:
            self.problems.append(f"{source}: byte {error.start + 1} is not UTF-8; expected TOML")
        except tomllib.TOMLDecodeError as error:
            detail = str(error).replace("end of document", f"its end, line {len(text.splitlines())}")
            self.problems.append(f"{source}: {detail}; expected TOML as in config.example.toml")
        else:
            self._refuse_both({key for key, value in values.items() if value != ""}, "token", "token_file")
            folder = source.absolute().parent
            self.values |= {
                key: self._anchored(key, value, folder)
                for key, value in values.items()
                if not (key in _MAY_BE_NONE and value == "")
            }

    def take_environment(self, environ: Mapping[str, str]) -> None:
        self._refuse_both({name for name in environ if environ[name]}, f"{PREFIX}TOKEN", f"{PREFIX}TOKEN_FILE")
        for key, kind in _KINDS.items():
            name = _variable(key)
            if environ.get(name) or (key == "health_address" and name in environ):
                self.names[key] = name
                self._put(key, self._anchored(key, _from_text(environ[name], kind), Path.cwd()))
        self.problems += _misspelt(environ)

    def read_token_file(self) -> None:
        """Read the token from its file; the file's name is kept as well."""
        name = self.values.get("token_file")
        if isinstance(name, str) and name and "\0" not in name and "token" not in self.values:
            label = self.names.get("token_file", "token_file")
            self.names["token"] = label
            try:
                self.values["token"] = Path(name).read_text(encoding="ascii")
            except OSError as error:
                self.problems.append(
                    f"{label}: {name} can't be read ({error.strerror}); expected {_EXPECTED['token_file']}"
                )
            except UnicodeDecodeError:
                self.problems.append(f"{label}: {name} is not a string; expected {_EXPECTED['token_file']}")

    def _put(self, key: str, value: object) -> None:
        other = {"token": "token_file", "token_file": "token"}.get(key)
        if other is not None and other not in self.names:
            self.values.pop(other, None)
        table, _, last = key.rpartition(".")
        if not table:
            self.values[last] = value
        elif isinstance(self.values.setdefault(table, {}), dict):
            self.values[table][last] = value

    def _anchored(self, key: str, value: object, folder: Path) -> object:
        if isinstance(value, list):
            return [self._anchored(key, item, folder) for item in value]
        if key not in {"token_file", "database", "seeds", "feeds"} or not isinstance(value, str) or not value:
            return value
        return str(self.home / value[2:] if value.startswith("~/") else folder / value)

    def _refuse_both(self, given: Collection[str], one: str, other: str) -> None:
        if one in given and other in given:
            self.problems.append(f"{other}: {one} is set as well; expected only one of them")


# By the table's name, what is expected in it.
_TABLES: Final = {
    "limits": "a table of whole numbers",
    "quality": Config.model_fields["quality"].description,
}


def _fields() -> Iterator[tuple[str, FieldInfo]]:
    for key, info in Config.model_fields.items():
        if key not in _TABLES:
            yield key, info
    for key, info in Limits.model_fields.items():
        yield f"limits.{key}", info


KEYS: Final = tuple(key for key, _ in _fields())

_KINDS: Final = {key: info.annotation for key, info in _fields()}
_EXPECTED: Final = {key: info.description for key, info in _fields()} | _TABLES
_SPELLINGS: Final = {key.rpartition(".")[2]: key for key in _EXPECTED}
_MAY_BE_NONE: Final = frozenset({"token", "token_file", "api_base", "feeds"})
_TRUTHS: Final = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


def _variable(key: str) -> str:
    return PREFIX + key.upper().replace(".", "_")


def _from_text(text: str, kind: object) -> object:
    """Convert a variable's text to the field's type; text that can't be converted is left to the field's validation."""
    if kind is bool:
        return _TRUTHS.get(text.lower(), text)
    if kind is int and re.fullmatch(r"-?[0-9]{1,18}", text):
        return int(text)
    if kind == tuple[Path, ...]:
        return [part for part in text.split(os.pathsep) if part]
    return text


def _misspelt(environ: Mapping[str, str]) -> Iterator[str]:
    """Find variables with nearly our names; others may be anyone's (Kubernetes sets NEWSDESK_SERVICE_HOST)."""
    known = {_variable(key).removeprefix(PREFIX) for key in KEYS}
    for name in sorted(environ):
        if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in known:
            for near in difflib.get_close_matches(name.removeprefix(PREFIX), known, 1, 0.8):
                yield f"{name}: unknown variable; expected {PREFIX}{near}"


def _sentence(detail: ErrorDetails, names: Mapping[str, str]) -> str:
    key = ".".join(part for part in detail["loc"] if isinstance(part, str))
    label = names.get(key, key)
    if detail["type"] == "extra_forbidden":
        meant = _meant(key.rpartition(".")[2], _SPELLINGS)
        return f"{label}: unknown key{meant}; expected one of config.example.toml"
    what = detail["msg"] if detail["type"] == "newsdesk" else f"{detail['input']!r} can't be used"
    return f"{label}: {what}; expected {_EXPECTED.get(key) or _EXPECTED[key.partition('.')[0]]}"


def _meant(text: str, known: Mapping[str, str]) -> str:
    near = difflib.get_close_matches(text, known, 1)
    return f" (did you mean {known[near[0]]}?)" if near else ""
