"""The operators' front door, as they type it: real files, real database, what is printed and the exit status."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.store.sqlite.file.lock import holding_lock

SHIPPED_SEEDS = Path(__file__).parents[2] / "seeds"
HERALD = "001_c491b083016e13b6"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command printed and how it ended."""

    out: str
    err: str
    status: int


Run = Callable[..., Said]


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """A folder of one's own with the five shipped seeds."""
    return Path(shutil.copytree(SHIPPED_SEEDS, tmp_path / "seeds"))


@pytest.fixture
def newsdesk(tmp_path: Path, seeds: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in an empty folder whose environment names a database and the seeds."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NEWSDESK_DATABASE", str(tmp_path / "news.sqlite3"))
    monkeypatch.setenv("NEWSDESK_SEEDS", str(seeds))
    monkeypatch.setenv("NEWSDESK_API_BASE", "http://127.0.0.1:9")  # nobody listens there
    monkeypatch.setenv("NEWSDESK_HEALTH_ADDRESS", "127.0.0.1:9")
    monkeypatch.delenv("NEWSDESK_TOKEN", raising=False)

    def run(*arguments: str) -> Said:
        capsys.readouterr()
        try:
            main(arguments)
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 0
        else:
            status = 0
        printed = capsys.readouterr()
        return Said(out=printed.out, err=printed.err, status=status)

    return run


def test_check_counts_the_articles_and_ends_well(newsdesk: Run, seeds: Path) -> None:
    """The last line is the sum."""
    said = newsdesk("check", str(seeds))
    assert said.out.splitlines()[-1] == "5 articles, 0 problems"
    assert said.status == 0


def test_check_names_file_line_and_reason_of_a_bad_seed(newsdesk: Run, seeds: Path) -> None:
    """What would be refused can be found and mended; the others are read all the same."""
    (seeds / "twice.md").write_text("---\ntitle: a\ntitle: b\n---\n", "utf-8")
    said = newsdesk("check", str(seeds))
    assert "twice.md:3" in said.out
    assert said.out.splitlines()[-1] == "5 articles, 1 problems"
    assert said.status == 1


def test_check_reads_the_real_records_without_a_problem(newsdesk: Run, data: Path) -> None:
    """The five seeds and the 192 records of two years of the same system."""
    said = newsdesk("check", str(data / "seeds"), str(data / "upstream" / "news"))
    assert said.out.splitlines()[-1] == "197 articles, 0 problems"


def test_check_says_so_where_there_is_no_such_folder(newsdesk: Run) -> None:
    """A slip in a path is no empty success."""
    said = newsdesk("check", "nowhere")
    assert said.status == 1
    assert "nowhere" in said.out


def test_ingest_reports_what_it_added_and_the_second_time_that_nothing_changed(newsdesk: Run) -> None:
    """The configured folder is read; nothing is stored twice."""
    first = newsdesk("ingest")
    second = newsdesk("ingest")
    assert "5 added, 0 changed" in first.out
    assert "0 added, 0 changed" in second.out


def test_ingest_names_the_rejected_and_keeps_the_rest(newsdesk: Run, seeds: Path) -> None:
    """One bad file stops nothing."""
    (seeds / "bad.md").write_text("no front matter", "utf-8")
    said = newsdesk("ingest")
    assert "bad.md" in said.err
    assert "5 added" in said.out
    assert "1 rejected" in said.out


def test_search_finds_by_words(newsdesk: Run) -> None:
    """The archive answers without Discord."""
    newsdesk("ingest")
    said = newsdesk("search", "governor", "refuses")
    assert "Mass. Gov. Refuses To Back Facial Recognition Tech Ban" in said.out
    assert said.status == 0


def test_search_prints_the_documented_json(newsdesk: Run) -> None:
    """Another program can read the answer."""
    newsdesk("ingest")
    answer = json.loads(newsdesk("search", "--json", "governor", "refuses").out)
    assert set(answer) == {
        "query",
        "total",
        "has_more_than_counted",
        "is_broadened",
        "is_cut_short",
        "suggestion",
        "ignored",
        "articles",
    }
    assert answer["articles"][0]["stem"] == "002_938ab9c63c5bb996"


def test_search_before_the_first_ingest_says_what_to_do(newsdesk: Run) -> None:
    """A missing database is no traceback."""
    said = newsdesk("search", "anything")
    assert said.status == 1
    assert "newsdesk ingest" in said.err


def test_related_answers_for_a_files_name_and_for_a_link(newsdesk: Run) -> None:
    """Both name the same article."""
    newsdesk("ingest")
    by_name = newsdesk("related", "004_8f32f6f453e83b6d")
    by_link = newsdesk("related", "https://www.wbur.org/radioboston/2022/03/23/march-23-2022-rb")
    assert "NCJTC and Biometrica partner" in by_name.out
    assert by_name.out == by_link.out


def test_related_prints_json(newsdesk: Run) -> None:
    """The article, who else, in what order."""
    newsdesk("ingest")
    answer = json.loads(newsdesk("related", "--json", "004_8f32f6f453e83b6d").out)
    assert set(answer) == {"article", "outlets", "related", "timeline", "story"}


def test_related_says_why_reports_are_one_story(newsdesk: Run) -> None:
    """For whoever wonders: how alike they are, the words in common, links, titles and a seed's word."""
    newsdesk("ingest")

    story = json.loads(newsdesk("related", "--json", "001_c491b083016e13b6").out)["story"]

    assert len(story["articles"]) == 3
    assert all(bond["likeness"] > 0 and bond["words"] and bond["edge"] for bond in story["bonds"])
    assert "same story: shares" in newsdesk("related", "001_c491b083016e13b6").out


def test_related_to_something_unknown_says_so(newsdesk: Run) -> None:
    """A link that says nothing and that nobody knows."""
    newsdesk("ingest")
    said = newsdesk("related", "https://example.org/0")
    assert "Traceback" not in said.err
    assert said.out or said.err


def test_preview_shows_the_first_edition_of_the_shipped_seeds(newsdesk: Run) -> None:
    """Boston Herald, then WBUR, and nothing else."""
    newsdesk("ingest")
    answer = json.loads(newsdesk("digest", "preview", "--json").out)
    stems = [pick["article"]["stem"] for pick in answer["picks"]]
    assert stems == [HERALD, "004_8f32f6f453e83b6d"]
    assert answer["is_first"]


def test_preview_as_of_a_day_knows_nothing_later(newsdesk: Run) -> None:
    """The past is shown as it was."""
    newsdesk("ingest")
    answer = json.loads(newsdesk("digest", "preview", "--as-of", "2022-06-01", "--json").out)
    assert [pick["article"]["stem"] for pick in answer["picks"]] == ["004_8f32f6f453e83b6d"]


def test_preview_tells_every_reason_when_asked_why(newsdesk: Run) -> None:
    """What was left out has a reason as well."""
    newsdesk("ingest")
    assert "Led by another" in newsdesk("digest", "preview", "--why").out


def test_preview_refuses_a_moment_that_is_none(newsdesk: Run) -> None:
    """The refusal shows how a moment is written."""
    said = newsdesk("digest", "preview", "--as-of", "yesterdy")
    assert said.status == 1
    assert "2024-05-17" in said.err


def test_hide_takes_an_article_out_of_search_and_survives_a_refresh(newsdesk: Run) -> None:
    """Its file may stay in the folder."""
    newsdesk("ingest")
    newsdesk("hide", HERALD)
    newsdesk("ingest")
    answer = json.loads(newsdesk("search", "--json", "guardrails").out)
    assert HERALD not in [article["stem"] for article in answer["articles"]]


def test_hide_can_be_taken_back(newsdesk: Run) -> None:
    """What was hidden is whole."""
    newsdesk("ingest")
    newsdesk("hide", HERALD)
    newsdesk("hide", "--undo", HERALD)
    answer = json.loads(newsdesk("search", "--json", "guardrails").out)
    assert [article["stem"] for article in answer["articles"]] == [HERALD]


def test_delete_keeps_the_file_from_bringing_it_back(newsdesk: Run) -> None:
    """Gone is gone."""
    newsdesk("ingest")
    assert newsdesk("delete", "--yes", HERALD).status == 0
    newsdesk("ingest")
    answer = json.loads(newsdesk("search", "--json", "guardrails").out)
    assert HERALD not in [article["stem"] for article in answer["articles"]]


def test_hiding_what_does_not_exist_says_so(newsdesk: Run) -> None:
    """A wrong name changes nothing."""
    newsdesk("ingest")
    said = newsdesk("hide", "nothing-of-that-name")
    assert said.status == 1
    assert "nothing-of-that-name" in said.err


def test_run_without_a_token_says_where_to_get_one_and_how_to_give_it(newsdesk: Run) -> None:
    """One sentence, and the exit status that a service manager does not retry."""
    said = newsdesk("run")
    assert said.status == 78
    assert "NEWSDESK_TOKEN" in said.err
    assert len(said.err.strip().splitlines()) == 1


def test_a_bad_configuration_is_told_whole(newsdesk: Run, tmp_path: Path) -> None:
    """Every wrong key at once."""
    (tmp_path / "config.toml").write_text('default_timezone = "Mars"\nlog_level = "LOUD"\nseedz = []\n', "utf-8")
    said = newsdesk("search", "x")
    assert said.status == 78
    assert all(key in said.err for key in ("default_timezone", "log_level", "seedz"))


def test_doctor_finds_a_missing_token_and_says_what_to_do(newsdesk: Run) -> None:
    """What is not well has a cure."""
    newsdesk("ingest")
    said = newsdesk("doctor")
    assert said.status == 1
    assert "NEWSDESK_TOKEN" in said.out
    assert "5 articles" in said.out


def test_doctor_is_content_with_a_whole_installation(newsdesk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left to do."""
    monkeypatch.setenv("NEWSDESK_TOKEN", "a.token.of-some-length")
    newsdesk("ingest")
    findings = json.loads(newsdesk("doctor", "--json").out)
    assert not [finding for finding in findings if finding["status"] == "failing"]


def test_doctor_without_network_says_what_it_left_out_and_why(newsdesk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not looked at is neither well nor something to do."""
    monkeypatch.setenv("NEWSDESK_TOKEN", "a.token.of-some-length")
    newsdesk("ingest")
    said = newsdesk("doctor")
    (discord,) = [line for line in said.out.splitlines() if line.startswith("--  discord")]
    assert "can't be reached" in discord
    assert "Not checked: Discord's clock, channels and permissions." in discord
    assert said.status == 0


def test_quick_doctor_asks_nobody(newsdesk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a health check, once a minute."""
    monkeypatch.setenv("NEWSDESK_TOKEN", "a.token.of-some-length")
    newsdesk("ingest")
    said = newsdesk("doctor", "--quick")
    assert not [line for line in said.out.splitlines() if line.startswith("--")]
    assert said.status == 0


def test_doctor_tells_of_refused_files(newsdesk: Run, seeds: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is refused at every refresh does not stay unnoticed."""
    monkeypatch.setenv("NEWSDESK_TOKEN", "a.token.of-some-length")
    (seeds / "bad.md").write_text("no front matter", "utf-8")
    newsdesk("ingest")
    said = newsdesk("doctor")
    assert said.status == 1
    assert "bad.md" in said.out


def test_backup_makes_a_file_that_restore_puts_back(newsdesk: Run, tmp_path: Path) -> None:
    """What was there at the backup is there after the restore, and what stood there meanwhile is kept."""
    newsdesk("ingest")
    assert newsdesk("backup", "kept.sqlite3").status == 0
    newsdesk("delete", "--yes", HERALD)
    said = newsdesk("restore", "kept.sqlite3")
    answer = json.loads(newsdesk("search", "--json", "guardrails").out)
    assert [article["stem"] for article in answer["articles"]] == [HERALD]
    assert said.status == 0
    assert list(tmp_path.glob("news.sqlite3.before-*"))


def test_backup_never_writes_over_a_file(newsdesk: Run, tmp_path: Path) -> None:
    """A slip of the pen costs nothing."""
    newsdesk("ingest")
    (tmp_path / "precious").write_text("mine", "utf-8")
    said = newsdesk("backup", "precious")
    assert said.status == 1
    assert (tmp_path / "precious").read_text("utf-8") == "mine"


def test_restore_refuses_a_damaged_backup_and_changes_nothing(newsdesk: Run, tmp_path: Path) -> None:
    """A copy with a hole in it is found before it takes the place of anything."""
    newsdesk("ingest")
    newsdesk("backup", "kept.sqlite3")
    whole = (tmp_path / "kept.sqlite3").read_bytes()
    (tmp_path / "kept.sqlite3").write_bytes(whole[:8192] + b"\xff" * 4096 + whole[12288:])
    said = newsdesk("restore", "kept.sqlite3")
    assert said.status == 1
    assert not list(tmp_path.glob("news.sqlite3.before-*"))


def test_restore_waits_for_the_bot_to_be_stopped(newsdesk: Run, tmp_path: Path) -> None:
    """A file is never exchanged under a sending process."""
    newsdesk("ingest")
    newsdesk("backup", "kept.sqlite3")
    with holding_lock(tmp_path / "news.sqlite3"):
        said = newsdesk("restore", "kept.sqlite3")
    assert said.status == 75


def test_doctor_reads_the_whole_database_when_asked(newsdesk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--full` is the slow, thorough look."""
    monkeypatch.setenv("NEWSDESK_TOKEN", "a.token.of-some-length")
    newsdesk("ingest")
    assert newsdesk("doctor", "--full").status == 0


def test_demo_once_prints_the_edition_and_ends(newsdesk: Run, seeds: Path) -> None:
    """The whole job, on a Discord of this machine."""
    said = newsdesk("demo", "--once", "--seeds", str(seeds))
    assert said.status == 0
    assert "Guardrails needed for police use" in said.out
    assert "Debating the role of facial recognition" in said.out


def test_demo_of_a_folder_that_is_none_says_so(newsdesk: Run) -> None:
    """A slip in a path is told in a sentence."""
    said = newsdesk("demo", "--once", "--seeds", "nowhere")
    assert said.status == 1
    assert "nowhere" in said.err


def test_help_and_version_are_answered(newsdesk: Run) -> None:
    """The first things that anybody types."""
    assert "newsdesk 0." in newsdesk("--version").out
    assert "ingest" in newsdesk("--help").out
