"""What operators install: the systemd unit and the container file keep what docs/security.md, Host, promises."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot import errors

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = (DEPLOY / "newsdesk.service").read_text(encoding="utf-8")
CONTAINER = (DEPLOY / "Containerfile").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "line",
    [
        "ExecStart=/opt/newsdesk/.venv/bin/newsdesk run",
        "Restart=always",
        "StartLimitIntervalSec=0",
        "StateDirectory=newsdesk",
        "User=newsdesk",
        "LoadCredential=token:/etc/newsdesk/token",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "PrivateTmp=yes",
        "CapabilityBoundingSet=",
        "MemoryMax=512M",
        "LimitCORE=0",
        "LimitNOFILE=4096",
        "SystemCallFilter=@system-service",
        "WantedBy=multi-user.target",
    ],
)
def test_the_unit_has_the_promised_line(line: str) -> None:
    """It comes back after a crash, keeps its state, and can do nothing else."""
    assert line in UNIT.splitlines()


def test_the_unit_stays_down_for_exactly_the_errors_that_need_a_person() -> None:
    """Their exit statuses are in the tree of errors; `newsdesk backup` alone ends with an incomplete backup."""
    tree = [value for value in vars(errors).values() if isinstance(value, type)]
    needs_a_person = {kind.exit_status for kind in tree if issubclass(kind, errors.NewsdeskError)} - {1}
    needs_a_person.remove(errors.BackupIncompleteError.exit_status)

    (line,) = (line for line in UNIT.splitlines() if line.startswith("RestartPreventExitStatus="))
    assert {int(status) for status in line.partition("=")[2].split()} == needs_a_person


def test_the_unit_gives_the_token_as_a_credential_and_never_in_the_environment() -> None:
    """`systemctl show` and /proc show the environment to others."""
    assert "NEWSDESK_TOKEN_FILE=%d/token" in UNIT
    assert "NEWSDESK_TOKEN=" not in UNIT


@pytest.mark.parametrize(
    "line",
    [
        "USER 10001:10001",
        "VOLUME /var/lib/newsdesk",
        'ENTRYPOINT ["newsdesk"]',
        'CMD ["run"]',
    ],
)
def test_the_container_file_has_the_promised_line(line: str) -> None:
    """A glibc base, a user of its own, state in one place."""
    assert line in CONTAINER.splitlines()


def test_the_container_is_built_on_one_version_by_its_digest() -> None:
    """A tag moves; and both stages must have the same Python."""
    bases = re.findall(r"^FROM (\S+)", CONTAINER, re.MULTILINE)

    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.12\.\d+-slim-\w+@sha256:[0-9a-f]{64}", bases[0])


def test_the_container_is_started_again_after_a_failure_only() -> None:
    """Not after `docker stop`, and not at each boot of a machine where it was stopped."""
    assert "--restart on-failure" in CONTAINER


def test_the_container_is_healthy_when_the_doctor_says_so() -> None:
    """Orchestrators ask the same question as operators."""
    assert re.search(r'^HEALTHCHECK .* CMD \["newsdesk", "doctor", "--quick"\]$', CONTAINER, re.MULTILINE)


def test_the_container_installs_nothing_without_a_hash() -> None:
    """Each installation is checked, or comes from what was just built."""
    installs = re.findall(r"pip install [^&\n\\]*", CONTAINER)

    assert len(installs) == 3
    assert all("--require-hashes" in install or "--no-index" in install for install in installs)


def test_the_container_is_told_to_run_with_a_root_that_can_not_be_written_and_a_memory_limit() -> None:
    """The command in its head is what people copy."""
    assert all(flag in CONTAINER for flag in ("--read-only", "--memory 512m", "--cap-drop ALL", "no-new-privileges"))


@pytest.mark.parametrize("path", re.findall(r"^COPY (?!--from)(.*) \S+$", CONTAINER, re.MULTILINE))
def test_the_container_copies_only_what_is_there(path: str) -> None:
    """A renamed file is found here, not by the next builder."""
    assert all((DEPLOY.parent / name).exists() for name in path.split())


COLLECTOR = (DEPLOY / "newsdesk-collect.service").read_text(encoding="utf-8")


def test_the_collectors_unit_is_shut_in_as_the_bots_is() -> None:
    """It reads what strangers write: it gets no more rights than the bot, and no token."""
    own = {"StateDirectoryMode", "TasksMax", "UMask"}
    shut = re.compile(
        r"^(?:Protect|Private|Restrict|NoNew|Cap|Amb|Lock|MemoryDeny|System|Limit|Remove|MemoryMax).*", re.MULTILINE
    )

    assert set(shut.findall(UNIT)) - set(shut.findall(COLLECTOR)) == set()
    assert "token" not in re.sub(r"^#.*$", "", COLLECTOR, flags=re.MULTILINE).lower()
    assert {line.partition("=")[0] for line in COLLECTOR.splitlines()} >= own


def test_the_collectors_unit_stays_down_for_the_errors_that_need_a_person() -> None:
    """The same as the bot's."""
    pick = [line for line in UNIT.splitlines() if line.startswith("RestartPreventExitStatus=")]

    assert pick == [line for line in COLLECTOR.splitlines() if line.startswith("RestartPreventExitStatus=")]


def test_the_container_can_be_built_with_the_collector() -> None:
    """By one argument, and with hashes as without."""
    assert "ARG REQUIREMENTS=requirements.txt" in CONTAINER
    assert "--require-hashes -r $REQUIREMENTS" in CONTAINER
    assert "--build-arg REQUIREMENTS=requirements-collect.txt" in CONTAINER
