"""Load the configuration: config.toml and the environment become one frozen `Config`, or a list of every wrong key.

The environment overrides the file. A field's description says what is expected, and problems are worded with it, so a
limit and its explanation can't diverge. No problem repeats a value that may be a secret.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.app.config.folders import find_file, find_home, xdg_folder
from bot.app.config.model import Config, Limits
from bot.app.config.values import guess
from bot.app.log import Redactor
from bot.errors import ConfigError

PREFIX: Final = "NEWSDESK_"


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
    else:
        given.problems += _lacking(config)
    if given.problems or config is None:
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
_MAY_BE_NONE: Final = frozenset({"token", "token_file", "api_base", "feeds", "ledger", "interactions_public_key"})
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


def _lacking(config: Config) -> Iterator[str]:
    """Find keys that need another one."""
    has_key, has_address = config.interactions_public_key is not None, config.interactions_address is not None
    if has_address and not has_key:
        yield f"interactions_public_key: missing; expected {_EXPECTED['interactions_public_key']}"
    if has_key and not has_address:
        yield f"interactions_address: missing; expected {_EXPECTED['interactions_address']}"
    if not config.gateway and not has_address:
        yield "gateway: false leaves no way for interactions to arrive; expected interactions_address as well"


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
        meant = guess(key.rpartition(".")[2], _SPELLINGS)
        return f"{label}: unknown key{meant}; expected one of config.example.toml"
    what = detail["msg"] if detail["type"] == "newsdesk" else f"{detail['input']!r} can't be used"
    return f"{label}: {what}; expected {_EXPECTED.get(key) or _EXPECTED[key.partition('.')[0]]}"
