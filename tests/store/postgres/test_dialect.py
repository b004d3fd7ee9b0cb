"""The ledger's statements as PostgreSQL reads them."""

from __future__ import annotations

import pytest

from bot.store.postgres.dialect import as_postgres


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("SELECT ? WHERE a = :name AND b = :name", "SELECT %s WHERE a = %(name)s AND b = %(name)s"),
        ("SELECT 1 FROM delivery INDEXED BY delivery_open WHERE a", "SELECT 1 FROM delivery WHERE a"),
        ("LIMIT :limit /*! FOR UPDATE SKIP LOCKED */", "LIMIT %(limit)s  FOR UPDATE SKIP LOCKED "),
        ("a LIKE '%?:b' AND c % 2", "a LIKE '%%?:b' AND c %% 2"),
        ("json_group_array(pick.article_id) AS ids", "CAST(jsonb_agg(pick.article_id) AS text) AS ids"),
        ("instr(a, :b) > 0", "strpos(a, %(b)s) > 0"),
        (
            "IN (SELECT value FROM json_each(:ids))",
            "IN (SELECT value FROM jsonb_array_elements_text(CAST(%(ids)s AS jsonb)) AS listed (value))",
        ),
        (
            "json_each(pick.story_ids) AS member",
            "jsonb_array_elements_text(CAST(pick.story_ids AS jsonb)) AS member (value)",
        ),
    ],
)
def test_statement_is_translated(written: str, read: str) -> None:
    """What only one engine understands is written as the other understands it."""
    assert as_postgres(written) == read


def test_translation_keeps_what_both_engines_read() -> None:
    """A statement without any of that stays as it is."""
    sql = "INSERT INTO setting VALUES ('a', 'b') ON CONFLICT (name) DO UPDATE SET value = excluded.value"

    assert as_postgres(sql) == sql
