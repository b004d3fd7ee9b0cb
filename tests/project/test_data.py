"""The data's finder: it skips and says how, or fails where the data is required."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.data import find_data, need_data


def test_need_data_gives_the_path_of_a_file_that_is_there(tmp_path: Path) -> None:
    """NEWSDESK_DATA names the folder, the parts the way below it."""
    (tmp_path / "discord").mkdir()
    wanted = tmp_path / "discord" / "openapi.json"
    wanted.touch()

    assert need_data("discord", "openapi.json", environ={"NEWSDESK_DATA": str(tmp_path)}) == wanted


def test_need_data_skips_and_says_how_to_get_it_when_no_folder_is_named() -> None:
    """A stranger's `make test` is green and says what they missed."""
    with pytest.raises(pytest.skip.Exception, match="set NEWSDESK_DATA to a folder laid out as"):
        need_data(environ={})


def test_need_data_fails_for_a_missing_file_when_the_data_is_required(tmp_path: Path) -> None:
    """Where the data is promised, a hole in it is never silent."""
    with pytest.raises(pytest.fail.Exception, match="golden is missing"):
        need_data("golden", environ={"NEWSDESK_DATA": str(tmp_path), "NEWSDESK_DATA_REQUIRED": "1"})


def test_find_data_fails_when_the_data_is_required_but_no_folder_is_named() -> None:
    """Also those who would do without it must not do without it silently."""
    with pytest.raises(pytest.fail.Exception, match="NEWSDESK_DATA is not set"):
        find_data(environ={"NEWSDESK_DATA_REQUIRED": "1"})


def test_find_data_gives_none_for_a_missing_file_when_nothing_is_required(tmp_path: Path) -> None:
    """A journey runs all the same, unchecked against the description."""
    assert find_data("discord", "openapi.json", environ={"NEWSDESK_DATA": str(tmp_path)}) is None
