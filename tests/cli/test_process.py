"""The command line in a process of its own: what it imports, which options it takes, how it ends in a pipe."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import Run, run_python

HEAVY = ("discord", "aiohttp", "apscheduler", "bot.sandbox", "prometheus_client", "watchfiles")
LIST_IMPORTS = """
import sys
before = set(sys.modules)
from bot.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(*sys.modules.keys() - before, file=sys.stderr)
"""


@pytest.mark.parametrize(
    "command",
    [
        ("--help",),
        ("search", "--help"),
        ("search", "facial"),
        ("related", "001_c491b083016e13b6"),
        ("check", "seeds"),
        ("ingest",),
        ("digest", "preview", "--why"),
        ("hide", "001_c491b083016e13b6"),
        ("backup", "copy.sqlite3"),
    ],
    ids=" ".join,
)
def test_a_command_that_needs_no_discord_imports_none(newsdesk: Run, command: tuple[str, ...]) -> None:
    """discord.py alone takes longer than the whole command."""
    newsdesk("ingest")
    said = run_python("-c", LIST_IMPORTS, *command)

    assert said.out
    assert not set(HEAVY) & set(said.err.split())


@pytest.mark.usefixtures("newsdesk")
def test_help_needs_typer_alone() -> None:
    """It answers at once."""
    imported = set(run_python("-c", LIST_IMPORTS, "--help").err.split())

    assert "typer" in imported
    assert not {"asyncio", "numpy", "pydantic", "rich", "structlog", "sqlite3"} & imported


def test_a_word_is_excluded_as_in_discord(newsdesk: Run) -> None:
    """`-facial` is not an option, wherever it is typed."""
    newsdesk("ingest")
    with_it, without = newsdesk("search", "police"), newsdesk("search", "-facial", "police", "--limit", "3", "-curbs")

    assert "facial" in with_it.out.lower()
    assert "facial recognition" not in without.out.lower()
    assert without.status == 0


def test_a_mistyped_option_of_search_is_an_error(newsdesk: Run) -> None:
    """It is not searched for; the error names the option that was meant."""
    said = newsdesk("search", "police", "--limt", "3")

    assert said.status == 2
    assert "No such option: --limt Did you mean --limit?" in said.err


@pytest.mark.parametrize(
    "command",
    ["run", "demo", "ingest", "check", "search", "related", "hide", "delete", "backup", "restore", "doctor"],
)
def test_help_names_arguments_without_types_or_braces(newsdesk: Run, command: str) -> None:
    """`WORDS`, not `{words}... <list[str]>`."""
    said = newsdesk(command, "--help")

    assert said.out.startswith(f"Usage: newsdesk {command} [OPTIONS]")
    assert not set("<{}") & set(said.out.replace("0<=x<=65535", "").replace("1<=x<=100", ""))


def test_a_closed_pipe_ends_a_command_quietly(newsdesk: Run, tmp_path: Path) -> None:
    """`newsdesk search … | head -1` prints one line, no traceback, and is done."""
    newsdesk("ingest")
    many = tmp_path / "many"
    many.mkdir()
    for number in range(3000):
        (many / f"bad{number}.md").write_text("no front matter", "utf-8")
    script = f"{sys.executable} -m bot check many | head -1; echo status ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=True, timeout=50, env=dict(os.environ)
    )

    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "status 1"
    assert len(done.stdout.splitlines()) == 2


@pytest.mark.usefixtures("newsdesk")
def test_an_error_is_one_line_on_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that reads standard output sees nothing of it, and a narrow COLUMNS doesn't wrap it."""
    monkeypatch.setenv("COLUMNS", "40")
    said = run_python("-m", "bot", "related", "x")

    assert (said.out, said.status) == ("", 1)
    assert said.err.startswith("newsdesk: There is no database at ")
    assert said.err.count("\n") == 1
