"""Every statement of the ledger is understood by PostgreSQL, whatever values are missing."""

from __future__ import annotations

import re
from importlib import import_module
from pkgutil import walk_packages

import psycopg
import pytest

from bot.store import sqlite
from bot.store.postgres.dialect import as_postgres

_BEGINS = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\s")
_OF_THE_ARCHIVE = frozenset({"bot.store.sqlite.ledger.edition_candidates"})
_BESIDE = ("bot.store.sqlite.admin", "bot.store.sqlite.corrections", "bot.store.sqlite.desk")


def statements() -> dict[str, str]:
    """The statements that modules of the ledger name, by module and name."""
    names = [module.name for module in walk_packages(sqlite.__path__, "bot.store.sqlite.")]
    names = [name for name in names if name.startswith("bot.store.sqlite.ledger.") or name in _BESIDE]
    return {
        f"{name.removeprefix('bot.store.sqlite.')}.{key}": value
        for name in sorted(set(names) - _OF_THE_ARCHIVE)
        for key, value in vars(import_module(name)).items()
        if isinstance(value, str) and _BEGINS.match(value)
    }


STATEMENTS = statements()


def prepared(sql: str) -> str:
    """The statement with numbered values of no type."""
    numbers: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        name = found[1] or f"?{len(numbers)}"
        return f"${numbers.setdefault(name, len(numbers) + 1)}"

    return re.sub(r"%(?:\((\w+)\))?s", number, as_postgres(sql)).replace("%%", "%")


@pytest.mark.parametrize("name", STATEMENTS)
def test_statement_is_understood_without_any_type_of_a_value(postgres_session: str, name: str) -> None:
    """A value that is None has no type: what surrounds it must say which it is."""
    with psycopg.connect(postgres_session) as connection:
        connection.execute("SET search_path = newsdesk")
        connection.execute(f"PREPARE it AS {prepared(STATEMENTS[name])}".encode())


def test_statements_are_found() -> None:
    """A test of nothing can't fail."""
    assert len(STATEMENTS) > 80
