"""Seed files of an admin's own making: nothing that was ignored, changed or left out goes unsaid."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from tests.support.command_line import Run

FIELDS = "publishedDateTime: 2021-05-07\nwebUrl: https://town.example/{name}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An admin's own folder, still empty."""
    own = tmp_path / "own"
    own.mkdir()
    return own


def _write(folder: Path, name: str, yaml: str, *, body: str = "") -> None:
    (folder / name).write_text(f"---\n{yaml}{FIELDS.format(name=name)}---\n{body}", "utf-8")


@pytest.mark.parametrize(
    ("yaml", "said"),
    [
        ("title: A pool\nquality: high\n", "quality: not an integer, ignored"),
        ("title: A pool\npublished: perhaps\n", "published: not true or false, ignored"),
        ("title: A pool\ndescription: Reopened\n", "description: unknown field, ignored. Newsdesk reads excerpt."),
        ("title: A pool\ndate: 2021-05-07\n", "date: unknown field, ignored. Newsdesk reads publishedDateTime."),
        ("title: A pool\nprovider: The Gazette\n", "provider: not a mapping, ignored"),
        ("title: A pool\ntopics: Town, Sports\n", "topics: one text, split at its commas into 2 topics"),
        ("title: A pool\nimages: https://town.example/1.jpg\n", "images: item 1 ignored: no valid url"),
        ("title: C # and F#\n", "title: cut off by a comment"),
        ("title: A pool\nprovider:\n\u00a0\u00a0name: The Gazette\n", "non-breaking spaces"),
        ("title: A pool\nrelated:\n  - title: A bath\n", "related: item 1 ignored: missing URL, missing date"),
        ("title: A pool\nexcerpt: [a, b]\n", "excerpt: not a text, ignored"),
        ("title: A pool\ntype: podcast\n", "type: unknown type"),
        ("title: A pool\noriginalUrl: nowhere\n", "originalUrl: not a valid http(s) URL, ignored"),
        ('title: "The mayor\u00e2\u20ac\u2122s pool"\n', "title: repaired"),
    ],
)
def test_check_notes_what_it_took_in_another_way(newsdesk: Run, folder: Path, yaml: str, said: str) -> None:
    """The article is read; the note names the file and the field."""
    _write(folder, "pool.md", yaml)

    done = newsdesk("check", str(folder))

    assert said in done.out
    assert "pool.md:" in done.out
    assert done.out.splitlines()[-1] == "1 article, 0 problems, 1 note"
    assert done.status == 0


def test_strict_check_fails_on_a_note(newsdesk: Run, folder: Path) -> None:
    """For a pipeline that publishes only what is read whole."""
    _write(folder, "pool.md", "title: A pool\nquality: high\n")

    assert newsdesk("check", "--strict", str(folder)).status == 1


def test_strict_check_passes_without_notes(newsdesk: Run, folder: Path) -> None:
    """A seed that is read whole has none."""
    _write(folder, "pool.md", "title: A pool\n")

    assert newsdesk("check", "--strict", str(folder)).status == 0


def test_a_second_article_in_a_file_is_noted(newsdesk: Run, folder: Path) -> None:
    """One file is one article: the second would be lost unseen."""
    _write(folder, "pool.md", "title: A pool\n", body="---\ntitle: A bath\nwebUrl: https://town.example/2\n---\n")

    assert "only the first article of a file is read" in newsdesk("check", str(folder)).out


def test_all_faults_of_a_file_are_named_at_once(newsdesk: Run, folder: Path) -> None:
    """An author fixes the file once, not three times."""
    (folder / "pool.md").write_text("---\ntitle:\nwebUrl: nowhere\ndate: 2021-05-07\n---\n", "utf-8")

    out = newsdesk("check", str(folder)).out

    for said in ("title: missing title", "webUrl: not a valid", "publishedDateTime: missing", "date: unknown field"):
        assert said in out
    assert out.splitlines()[-1] == "0 articles, 3 problems, 1 note"


def test_what_is_not_a_seed_by_its_nature_is_neither_problem_nor_note(newsdesk: Run, folder: Path) -> None:
    """A repository of seeds has a README and a licence."""
    for name in ("README.md", "LICENSE.md", "_index.md", "readme.txt"):
        (folder / name).write_text("# About\n\nSeeds of our town.\n", "utf-8")
    _write(folder, "pool.md", "title: A pool\n")

    assert newsdesk("check", str(folder)).out.splitlines()[-1] == "1 article, 0 problems, 0 notes; 4 other files"


@pytest.mark.parametrize("name", ["pool.markdown", "pool.mdx", "pool.yaml", "pool.YML"])
def test_other_extensions_of_the_same_texts_are_read(newsdesk: Run, folder: Path, name: str) -> None:
    """They hold front matter as well."""
    _write(folder, name, "title: A pool\n")

    assert newsdesk("check", str(folder)).out.splitlines()[-1] == "1 article, 0 problems, 0 notes"


def test_a_file_that_is_one_mapping_needs_no_fences(newsdesk: Run, folder: Path) -> None:
    """A YAML file has none."""
    (folder / "pool.yaml").write_text("title: A pool\n" + FIELDS.format(name="pool"), "utf-8")

    assert newsdesk("check", str(folder)).out.splitlines()[-1] == "1 article, 0 problems, 0 notes"


def test_toml_is_refused_by_its_name(newsdesk: Run, folder: Path) -> None:
    """Hugo's other format."""
    (folder / "pool.md").write_text('+++\ntitle = "A pool"\n+++\n', "utf-8")

    assert "TOML" in newsdesk("check", str(folder)).out


def test_a_folder_without_seeds_says_what_it_saw(newsdesk: Run, folder: Path) -> None:
    """The wrong folder was named, or the wrong format."""
    for name in ("a.docx", "b.docx", "c.jpg"):
        (folder / name).write_bytes(b"x")

    assert "no seed files; found 2 .docx, 1 .jpg" in newsdesk("check", str(folder)).out


def test_ingest_counts_and_shows_notes_each_time(newsdesk: Run, folder: Path) -> None:
    """The second import reads nothing, and still names what the first one noted."""
    _write(folder, "pool.md", "title: A pool\nquality: high\n")

    for _ in range(2):
        done = newsdesk("ingest", str(folder))
        assert "0 rejected, 1 note" in done.out
        assert "pool.md:3: note: quality: not an integer" in done.err
        assert done.status == 0


def test_ingest_says_the_same_of_many_files_once(newsdesk: Run, folder: Path) -> None:
    """An unknown field is usually in every file of a folder."""
    for name in ("bath", "pool", "quay"):
        _write(folder, f"{name}.md", f"title: A {name}\nauthor: Ada\n")

    done = newsdesk("ingest", str(folder))

    assert "3 notes" in done.out
    assert done.err.count("author: unknown field") == 1
    assert done.err.rstrip().endswith("(and 2 more files)")


def test_a_note_is_gone_with_its_cause(newsdesk: Run, folder: Path) -> None:
    """The file was corrected."""
    _write(folder, "pool.md", "title: A pool\nquality: high\n")
    newsdesk("ingest", str(folder))
    _write(folder, "pool.md", "title: A pool\nquality: 70\n")

    assert "0 rejected, 0 notes" in newsdesk("ingest", str(folder)).out


def test_json_lists_notes(newsdesk: Run, folder: Path) -> None:
    """With the same keys as problems."""
    _write(folder, "pool.md", "title: A pool\nquality: high\n")

    checked, imported = (json.loads(newsdesk(command, "--json", str(folder)).out) for command in ("check", "ingest"))

    assert [note["field"] for note in checked["notes"]] == ["quality"]
    assert imported[0]["notes"] == checked["notes"]


def test_a_zip_of_a_repository_is_read(newsdesk: Run, tmp_path: Path) -> None:
    """GitHub's download has one folder at the top, and macOS adds its own."""
    seed = "---\ntitle: A pool\n" + FIELDS.format(name="pool") + "---\n"
    with zipfile.ZipFile(tmp_path / "main.zip", "w") as archive:
        archive.writestr("town-main/", "")
        archive.writestr("town-main/README.md", "# Town\n")
        archive.writestr("town-main/.gitignore", "x\n")
        archive.writestr("town-main/cover.jpg", "x")
        archive.writestr("town-main/news/pool.md", seed)
        archive.writestr("__MACOSX/town-main/news/._pool.md", "x")
        archive.writestr("town-main/news/._pool.md", "x")

    done = newsdesk("check", str(tmp_path / "main.zip"))

    assert done.out.splitlines()[-1] == "1 article, 0 problems, 0 notes; 2 other files"


def test_a_name_in_a_zip_is_utf_8_without_the_flag_too(newsdesk: Run, tmp_path: Path) -> None:
    """Many programs write UTF-8 and don't say so: zipfile then reads code page 437."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("caf__.md", "---\ntitle: A pool\nquality: high\n" + FIELDS.format(name="pool") + "---\n")
    (tmp_path / "pack.zip").write_bytes(data.getvalue().replace(b"caf__", "caf\u00e9".encode()))

    assert "pack.zip/caf\u00e9.md:3: note" in newsdesk("check", str(tmp_path / "pack.zip")).out


@pytest.mark.parametrize(("date", "said"), [("0001-01-01", "before 1900"), ("9999-12-31", "more than 48 hours ahead")])
def test_a_date_out_of_range_is_refused_with_its_line(newsdesk: Run, folder: Path, date: str, said: str) -> None:
    """Such a date is a slip, and would be in the wrong edition or in none."""
    text = f"---\ntitle: A pool\nwebUrl: https://town.example/1\npublishedDateTime: {date}\n---\n"
    (folder / "pool.md").write_text(text, "utf-8")

    done = newsdesk("check", str(folder))

    assert f"pool.md:4: publishedDateTime: {said}" in done.out
    assert done.status == 1


def test_doctor_counts_notes(newsdesk: Run, folder: Path) -> None:
    """And names the first one."""
    _write(folder, "pool.md", "title: A pool\nquality: high\n")
    newsdesk("ingest", str(folder))

    assert "1 note, the first: " in newsdesk("doctor").out


def test_doctor_counts_notes_beside_problems(newsdesk: Run, folder: Path) -> None:
    """A problem doesn't hide them."""
    _write(folder, "pool.md", "title: A pool\nquality: high\n")
    (folder / "bath.md").write_text("no front matter", "utf-8")
    newsdesk("ingest", str(folder))

    assert "1 problem and 1 note in seeds, the first: " in newsdesk("doctor").out


@pytest.mark.parametrize("text", ["- title: A pool\n  quality: 1\n", '[{"title": "A pool"}]'])
def test_a_list_of_articles_is_a_problem(newsdesk: Run, folder: Path, text: str) -> None:
    """A file holds one article; this one isn't some other file."""
    (folder / "pools.yml").write_text(text, "utf-8")

    assert "pools.yml:1: the front matter isn't a mapping" in newsdesk("check", str(folder)).out


def test_mojibake_that_yaml_can_not_read_is_repaired_with_a_note(newsdesk: Run, folder: Path) -> None:
    """The closing quote of Windows-1252 is a control character, which YAML refuses."""
    _write(folder, "pool.md", "title: A pool\nexcerpt: The \u00e2\u20ac\u0153best\u00e2\u20ac\u009d pool\n")

    done = newsdesk("check", str(folder))

    assert "note: repaired: UTF-8 that was read as Windows-1252" in done.out
    assert done.status == 0
