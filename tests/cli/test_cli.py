"""The commands of the command line as an operator types them: real files, a real database, output and exit status."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.news.article import server_shelf
from bot.store.sqlite import open_store
from bot.store.sqlite.file.lock import holding_lock
from bot.store.sqlite.shelves.names import find_shelf_files
from tests.support.command_line import Run
from tests.support.makers import SOME_DAY, make_seed

HERALD = "001_c491b083016e13b6"


def test_check_counts_articles_and_exits_with_0(newsdesk: Run, seeds: Path) -> None:
    """The last line is the total."""
    said = newsdesk("check", str(seeds))
    assert said.out.splitlines()[-1] == "5 articles, 0 problems, 0 notes"
    assert said.status == 0


def test_check_names_file_line_and_reason_of_a_bad_seed(newsdesk: Run, seeds: Path) -> None:
    """An author can find and fix it; the other files are still read."""
    (seeds / "twice.md").write_text("---\ntitle: a\ntitle: b\n---\n", "utf-8")
    said = newsdesk("check", str(seeds))
    assert "twice.md:3" in said.out
    assert said.out.splitlines()[-1] == "5 articles, 1 problem, 0 notes"
    assert said.status == 1


def test_check_prints_the_documented_json(newsdesk: Run, seeds: Path) -> None:
    """Another program finds the file, the line, the field and the reason."""
    (seeds / "twice.md").write_text("---\ntitle: a\ntitle: b\n---\n", "utf-8")
    said = newsdesk("check", str(seeds), "--json")
    answer = json.loads(said.out)
    (problem,) = answer["problems"]
    assert (answer["articles"], problem["line"], said.status) == (5, 3, 1)
    assert problem["path"].endswith("twice.md")
    assert set(problem) == {"path", "line", "field", "reason", "cure"}


def test_check_reads_the_real_records_without_a_problem(newsdesk: Run, data: Path) -> None:
    """The five seeds and the 192 records of two years of the same system."""
    said = newsdesk("check", str(data / "seeds"), str(data / "upstream" / "news"))
    assert said.out.splitlines()[-1] == "197 articles, 0 problems, 0 notes"


def test_check_reports_a_missing_folder(newsdesk: Run) -> None:
    """A mistyped path is not an empty success."""
    said = newsdesk("check", "nowhere")
    assert said.status == 1
    assert "nowhere" in said.out


def test_a_second_ingest_reports_no_changes(newsdesk: Run) -> None:
    """The configured folder is read, and nothing is stored twice."""
    first = newsdesk("ingest")
    second = newsdesk("ingest")
    assert "5 added, 0 changed" in first.out
    assert "0 added, 0 changed" in second.out


def test_a_full_ingest_reads_files_whose_size_and_time_are_unchanged(newsdesk: Run, seeds: Path) -> None:
    """An edit by a program that restores both."""
    newsdesk("ingest")
    file = next(seeds.iterdir())
    was = file.stat()
    file.write_bytes(file.read_bytes().replace(b"heat: ", b"heat: 1", 1)[: was.st_size])
    os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))

    said = [newsdesk("ingest").out, newsdesk("ingest", "--full").out]

    assert "0 changed, 5 unchanged" in said[0]
    assert "1 changed, 4 unchanged" in said[1]


def test_ingest_names_rejected_files_stores_the_others_and_exits_with_1(newsdesk: Run, seeds: Path) -> None:
    """A bad file does not stop an import, but a script can see that there is one."""
    (seeds / "bad.md").write_text("no front matter", "utf-8")
    said = newsdesk("ingest")
    assert "bad.md" in said.err
    assert "5 added" in said.out
    assert "1 rejected" in said.out
    assert said.status == 1


def test_ingest_prints_the_documented_json(newsdesk: Run, seeds: Path) -> None:
    """One report for each path, with its refused files."""
    (seeds / "bad.md").write_text("no front matter", "utf-8")
    said = newsdesk("ingest", "--json")
    (report,) = json.loads(said.out)
    assert (report["added"], report["rejected"], said.status, said.err) == (5, 1, 1, "")
    assert report["problems"][0]["path"].endswith("bad.md")


def test_ingest_without_a_folder_says_how_to_name_one(newsdesk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is read that was not named."""
    monkeypatch.setenv("NEWSDESK_SEEDS", "")
    said = newsdesk("ingest")
    assert said.status == 1
    assert "Name one, or set `seeds`" in said.err


def test_ingest_of_one_file_adds_that_article_alone(newsdesk: Run, seeds: Path) -> None:
    """The rest of its folder is not read."""
    said = newsdesk("ingest", str(seeds / f"{HERALD}.txt"))
    assert "1 added" in said.out


def test_search_finds_by_words(newsdesk: Run) -> None:
    """The archive answers without Discord."""
    newsdesk("ingest")
    said = newsdesk("search", "governor", "refuses")
    assert "Mass. Gov. Refuses To Back Facial Recognition Tech Ban" in said.out
    assert said.status == 0


def test_search_shows_a_story_once_and_lists_every_report_in_json(newsdesk: Run, tmp_path: Path) -> None:
    """People read one report of an event, and programs all of them."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(
            '---\ntitle: "Harbour ferry Orion collides with Zeppelin pontoon off Rotterdam"\n'
            f"publishedDateTime: 2022-03-24T00:00:00Z\nwebUrl: https://{name}.example/ferry\n---\n"
        )
    newsdesk("ingest", str(tmp_path))

    said = newsdesk("search", "zeppelin", "pontoon").out
    answer = json.loads(newsdesk("search", "--json", "zeppelin", "pontoon").out)

    assert said.startswith("2 articles of 1 story:")
    assert said.count("And 1 more report.") == 1
    assert len(answer["articles"]) == 2


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
        "left_out",
        "corrected",
        "suggestion",
        "ignored",
        "articles",
        "scores",
    }
    assert answer["articles"][0]["stem"] == "002_938ab9c63c5bb996"


def test_search_explains_each_score_in_json(newsdesk: Run) -> None:
    """One record for each article, with the relevance that its parts make up."""
    newsdesk("ingest")
    answer = json.loads(newsdesk("search", "--json", "--explain", "facial", "recognition").out)
    scores = answer["scores"]
    parts = [{name: value for name, value in each.items() if name not in {"relevance", "time"}} for each in scores]

    assert len(scores) == len(answer["articles"]) > 1
    assert [each["time"] * sum(part.values()) for each, part in zip(scores, parts, strict=True)] == pytest.approx(
        [each["relevance"] for each in scores], abs=1e-3
    )


def test_search_as_typed_searches_no_other_spelling(newsdesk: Run) -> None:
    """The option does what the button does in Discord."""
    newsdesk("ingest")
    corrected, as_typed = (
        json.loads(newsdesk("search", "--json", *option, "facail").out) for option in ((), ("--as-typed",))
    )

    assert (corrected["corrected"], as_typed["corrected"]) == ([{"typed": "facail", "searched": "facial"}], [])
    assert (bool(corrected["articles"]), as_typed["articles"]) == (True, [])


def test_search_before_the_first_ingest_says_what_to_run(newsdesk: Run) -> None:
    """A missing database is not a traceback."""
    said = newsdesk("search", "anything")
    assert said.status == 1
    assert "newsdesk ingest" in said.err


def test_related_takes_a_file_name_or_a_link(newsdesk: Run) -> None:
    """Both name the same article."""
    newsdesk("ingest")
    by_name = newsdesk("related", "004_8f32f6f453e83b6d")
    by_link = newsdesk("related", "https://www.wbur.org/radioboston/2022/03/23/march-23-2022-rb")
    assert "NCJTC and Biometrica partner" in by_name.out
    assert by_name.out == by_link.out


def test_related_prints_json(newsdesk: Run) -> None:
    """The article, its coverage, the timeline and the story."""
    newsdesk("ingest")
    answer = json.loads(newsdesk("related", "--json", "004_8f32f6f453e83b6d").out)
    assert set(answer) == {"article", "outlets", "related", "timeline", "story"}


def test_related_says_why_reports_are_one_story(newsdesk: Run) -> None:
    """By a likeness and an edge; so few articles have no word that distinguishes two of them."""
    newsdesk("ingest")

    story = json.loads(newsdesk("related", "--json", HERALD).out)["story"]

    assert len(story["articles"]) == 3
    assert all(bond["likeness"] > 1 and bond["edge"] for bond in story["bonds"])
    assert newsdesk("related", HERALD).out.count("same story: ") == 2


def test_related_to_an_unknown_link_says_that_nothing_is_known(newsdesk: Run) -> None:
    """The link has no words and is in no article."""
    newsdesk("ingest")
    said = newsdesk("related", "https://example.org/0")
    assert "Not in the archive" in said.out
    assert said.status == 0


def test_preview_shows_the_first_edition_of_the_shipped_seeds(newsdesk: Run) -> None:
    """Boston Herald, then WBUR, and no other."""
    newsdesk("ingest")
    answer = json.loads(newsdesk("digest", "preview", "--json").out)
    stems = [pick["article"]["stem"] for pick in answer["picks"]]
    assert stems == [HERALD, "004_8f32f6f453e83b6d"]
    assert answer["is_first"]


def test_preview_as_of_a_day_ignores_later_articles(newsdesk: Run) -> None:
    """The edition is as it would have been that day."""
    newsdesk("ingest")
    answer = json.loads(newsdesk("digest", "preview", "--as-of", "2022-06-01", "--json").out)
    assert [pick["article"]["stem"] for pick in answer["picks"]] == ["004_8f32f6f453e83b6d"]


def test_preview_with_why_lists_the_reason_and_file_of_articles_that_were_not_picked(newsdesk: Run) -> None:
    """The file name can be used in the next command; an id alone would say nothing."""
    newsdesk("ingest")
    shown = newsdesk("digest", "preview", "--why").out
    assert "Led by another" in shown
    assert "Mass. Gov. Refuses To Back Facial Recognition Tech Ban" in shown
    assert "file 002_938ab9c63c5bb996" in shown


def test_preview_refuses_a_mistyped_time(newsdesk: Run) -> None:
    """The error shows the format."""
    said = newsdesk("digest", "preview", "--as-of", "yesterdy")
    assert said.status == 1
    assert "2024-05-17" in said.err


def test_hide_takes_an_article_out_of_search_and_survives_a_refresh(newsdesk: Run) -> None:
    """Its file may remain in the folder."""
    newsdesk("ingest")
    newsdesk("hide", HERALD)
    newsdesk("ingest")
    answer = json.loads(newsdesk("search", "--json", "guardrails").out)
    assert HERALD not in [article["stem"] for article in answer["articles"]]


def test_hide_can_be_undone(newsdesk: Run) -> None:
    """The article is found again."""
    newsdesk("ingest")
    newsdesk("hide", HERALD)
    newsdesk("hide", "--undo", HERALD)
    answer = json.loads(newsdesk("search", "--json", "guardrails").out)
    assert [article["stem"] for article in answer["articles"]] == [HERALD]


def test_delete_keeps_the_file_from_bringing_it_back(newsdesk: Run) -> None:
    """The deletion is permanent."""
    newsdesk("ingest")
    assert newsdesk("delete", "--yes", HERALD).status == 0
    newsdesk("ingest")
    answer = json.loads(newsdesk("search", "--json", "guardrails").out)
    assert HERALD not in [article["stem"] for article in answer["articles"]]


def test_hiding_an_unknown_article_is_an_error(newsdesk: Run) -> None:
    """The error names it."""
    newsdesk("ingest")
    said = newsdesk("hide", "nothing-of-that-name")
    assert said.status == 1
    assert "nothing-of-that-name" in said.err


def test_run_without_a_token_says_where_to_get_one_and_how_to_give_it(newsdesk: Run) -> None:
    """One line, and the exit status that a service manager does not retry."""
    said = newsdesk("run")
    assert said.status == 78
    assert "NEWSDESK_TOKEN" in said.err
    assert len(said.err.strip().splitlines()) == 1


def test_a_bad_configuration_is_reported_completely(newsdesk: Run, tmp_path: Path) -> None:
    """Every wrong key is named at once."""
    (tmp_path / "config.toml").write_text('default_timezone = "Mars"\nlog_level = "LOUD"\nseedz = []\n', "utf-8")
    said = newsdesk("search", "x")
    assert said.status == 78
    assert all(key in said.err for key in ("default_timezone", "log_level", "seedz"))


def test_doctor_finds_a_missing_token_and_says_what_to_do(newsdesk: Run) -> None:
    """Every problem comes with a fix."""
    newsdesk("ingest")
    said = newsdesk("doctor")
    assert said.status == 1
    assert "NEWSDESK_TOKEN" in said.out
    assert "5 articles" in said.out


def test_doctor_finds_no_problem_in_a_complete_installation(newsdesk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing to fix."""
    monkeypatch.setenv("NEWSDESK_TOKEN", "a.token.of-some-length")
    newsdesk("ingest")
    findings = json.loads(newsdesk("doctor", "--json").out)
    assert not [finding for finding in findings if finding["status"] == "failing"]


def test_doctor_without_network_says_what_it_skipped_and_why(newsdesk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A skipped check is neither OK nor a problem."""
    monkeypatch.setenv("NEWSDESK_TOKEN", "a.token.of-some-length")
    newsdesk("ingest")
    said = newsdesk("doctor")
    (discord,) = [line for line in said.out.splitlines() if line.startswith("--  discord")]
    assert "can't be reached" in discord
    assert "Not checked: Discord's clock, channels and permissions." in discord
    assert said.status == 0


def test_quick_doctor_makes_no_request(newsdesk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a health check, once a minute."""
    monkeypatch.setenv("NEWSDESK_TOKEN", "a.token.of-some-length")
    newsdesk("ingest")
    said = newsdesk("doctor", "--quick")
    assert not [line for line in said.out.splitlines() if line.startswith("--")]
    assert said.status == 0


def test_doctor_reports_refused_files(newsdesk: Run, seeds: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is refused at every refresh does not go unnoticed."""
    monkeypatch.setenv("NEWSDESK_TOKEN", "a.token.of-some-length")
    (seeds / "bad.md").write_text("no front matter", "utf-8")
    newsdesk("ingest")
    said = newsdesk("doctor")
    assert said.status == 1
    assert "bad.md" in said.out


def test_restore_brings_back_the_state_of_the_backup(newsdesk: Run, tmp_path: Path) -> None:
    """The deleted article is found again, and the replaced database is kept."""
    newsdesk("ingest")
    assert newsdesk("backup", "kept").status == 0
    newsdesk("delete", "--yes", HERALD)
    said = newsdesk("restore", "kept")
    answer = json.loads(newsdesk("search", "--json", "guardrails").out)
    assert [article["stem"] for article in answer["articles"]] == [HERALD]
    assert said.status == 0
    assert list(tmp_path.glob("news.sqlite3.before-*"))


async def put_upload(ledger: Path) -> Path:
    """Store a server's upload; its file."""
    shelf = server_shelf(1)
    async with open_store(ledger, clock=SystemClock()) as store:
        await store.articles.put_seeds(shelf, [make_seed("own", shelf=shelf)], seen_at=SOME_DAY)
    return find_shelf_files(ledger)[shelf]


def test_backup_without_a_servers_damaged_file_says_so_and_has_a_status_of_its_own(
    newsdesk: Run, tmp_path: Path
) -> None:
    """A script that makes backups distinguishes it from one that failed."""
    newsdesk("ingest")
    file = asyncio.run(put_upload(tmp_path / "news.sqlite3"))
    file.write_bytes(b"damaged")

    said = newsdesk("backup", "kept")
    assert said.status == 65
    assert "Backed up and checked: kept" in said.out
    assert "The backup lacks the uploads of 1 server:" in said.err
    assert file.name in said.err
    restored = newsdesk("restore", "kept")
    assert restored.status == 0
    assert "The backup lacks the uploads of 1 server:" in restored.out


def test_backup_never_overwrites_a_file(newsdesk: Run, tmp_path: Path) -> None:
    """A mistyped name costs nothing."""
    newsdesk("ingest")
    (tmp_path / "precious").write_text("mine", "utf-8")
    said = newsdesk("backup", "precious")
    assert said.status == 1
    assert (tmp_path / "precious").read_text("utf-8") == "mine"


def test_restore_names_a_backup_that_is_missing(newsdesk: Run, tmp_path: Path) -> None:
    """It isn't a database that an import would create."""
    said = newsdesk("restore", "nothing.sqlite3")
    assert said.status == 1
    assert f"no backup at {tmp_path / 'nothing.sqlite3'}. Name a folder written by `newsdesk backup`." in said.err


def test_restore_refuses_a_damaged_backup_and_changes_nothing(newsdesk: Run, tmp_path: Path) -> None:
    """The damage is found before anything is replaced."""
    newsdesk("ingest")
    newsdesk("backup", "kept")
    kept = tmp_path / "kept/newsdesk.sqlite3"
    whole = kept.read_bytes()
    kept.write_bytes(whole[:8192] + b"\xff" * 4096 + whole[12288:])
    said = newsdesk("restore", "kept")
    assert said.status == 1
    assert not list(tmp_path.glob("news.sqlite3.before-*"))


def test_restore_refuses_while_the_bot_is_running(newsdesk: Run, tmp_path: Path) -> None:
    """The file is never replaced under a sending process."""
    newsdesk("ingest")
    newsdesk("backup", "kept")
    with holding_lock(tmp_path / "news.sqlite3"):
        said = newsdesk("restore", "kept")
    assert said.status == 75


def test_doctor_reads_the_whole_database_when_asked(newsdesk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--full` is slow and thorough."""
    monkeypatch.setenv("NEWSDESK_TOKEN", "a.token.of-some-length")
    newsdesk("ingest")
    assert newsdesk("doctor", "--full").status == 0


def test_demo_once_prints_the_edition_and_ends(newsdesk: Run, seeds: Path) -> None:
    """The bot runs against a simulated Discord."""
    said = newsdesk("demo", "--once", "--seeds", str(seeds))
    assert said.status == 0
    assert "Guardrails needed for police use" in said.out
    assert "Debating the role of facial recognition" in said.out


def test_demo_of_a_missing_folder_is_an_error(newsdesk: Run) -> None:
    """The error names it."""
    said = newsdesk("demo", "--once", "--seeds", "nowhere")
    assert said.status == 1
    assert "nowhere" in said.err


def test_help_and_version_are_printed(newsdesk: Run) -> None:
    """These are what people type first."""
    assert "newsdesk 0." in newsdesk("--version").out
    assert "ingest" in newsdesk("--help").out
