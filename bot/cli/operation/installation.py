"""The files of an installation: configuration, token and systemd unit, each written whole or not at all."""

from __future__ import annotations

import getpass
import grp
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from bot.errors import NewsdeskError

TOKEN_FILE: Final = "newsdesk.token"  # noqa: S105 - a file's name
UNIT_FILE: Final = "newsdesk.service"
_PRIVATE: Final = 0o600
_PUBLIC: Final = 0o644


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Where everything of one bot is: beside its configuration.

    Attributes:
        config: The configuration file, absolute.
    """

    config: Path

    @property
    def folder(self) -> Path:
        """The folder of all of its files."""
        return self.config.parent

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that `newsdesk init` writes and that are there already."""
        return tuple(path for path in (self.config, self.folder / TOKEN_FILE) if path.exists())

    def write(self, token: str, zone: str, *, now: datetime) -> list[Path]:
        """Write the token and the configuration, readable by this user only, and create the folder for seeds.

        Files that were there are kept beside the new ones.

        Returns:
            The kept files.

        Raises:
            NewsdeskError: a file can't be written.
        """
        kept = [_keep(path, now) for path in self.files]
        try:
            (self.folder / "seeds").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot_write(self.folder / "seeds", error) from error
        _write(self.folder / TOKEN_FILE, f"{token}\n", _PRIVATE)
        _write(self.config, _CONFIG.format(token_file=TOKEN_FILE, zone=zone), _PRIVATE)
        return kept

    def write_unit(self, template: str) -> Path:
        """Write a systemd unit for this installation, which runs as the current user.

        Args:
            template: The unit that comes with the program.

        Raises:
            NewsdeskError: the file can't be written.
        """
        unit = self.folder / UNIT_FILE
        _write(unit, _filled(template, self._lines()), _PUBLIC)
        return unit

    def _lines(self) -> Mapping[str, str]:
        program = Path(sys.executable).parent / "newsdesk"
        return {
            "ExecStart": f'{program} --config "{self.config}" run',
            "User": getpass.getuser(),
            "Group": grp.getgrgid(os.getgid()).gr_name,
            "Environment": "NEWSDESK_TOKEN_FILE=%d/token",
            "LoadCredential": f"token:{self.folder / TOKEN_FILE}",
            "StateDirectory": "",
            "StateDirectoryMode": "",
            "ProtectHome": f"read-only\nReadWritePaths={self.folder}",
        }


_CONFIG: Final = """\
# Written by `newsdesk init`. config.example.toml explains every key.
token_file = "{token_file}"
database = "newsdesk.sqlite3"
seeds = ["seeds"]
default_timezone = "{zone}"
"""


def _filled(template: str, lines: Mapping[str, str]) -> str:
    """Replace the values of a unit's keys; one without a value is left out, as are the comments at the top."""
    body = template[template.index("[Unit]") :]
    filled = []
    for line in body.splitlines():
        key, is_pair, _ = line.partition("=")
        if not is_pair or key not in lines:
            filled.append(line)
        elif lines[key]:
            filled.append(f"{key}={lines[key]}")
    return "\n".join(filled) + "\n"


def _keep(path: Path, now: datetime) -> Path:
    kept = path.with_name(f"{path.name}.before-{now:%Y%m%dT%H%M%S}")
    try:
        path.rename(kept)
    except OSError as error:
        raise _cannot_write(path, error) from error
    return kept


def _write(path: Path, text: str, mode: int) -> None:
    """Write a file under another name first, so that nobody reads half of it, and no one else reads a secret."""
    begun = path.with_name(f".{path.name}.new")
    try:
        begun.unlink(missing_ok=True)
        descriptor = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        begun.replace(path)
    except OSError as error:
        raise _cannot_write(path, error) from error


def _cannot_write(path: Path, error: OSError) -> NewsdeskError:
    return NewsdeskError(f"{path} can't be written ({error.strerror}).", cure="Choose another folder with --config.")
