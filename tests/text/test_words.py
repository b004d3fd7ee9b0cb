"""How text becomes words: folded, in order, and stemmed the same everywhere."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.words import STOP_WORDS, fold, stem, stems_of, text_language, words_of


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Massachusetts", "massachusetts"),
        ("Café", "cafe"),
        ("Ångström", "angstrom"),
        ("STRASSE straße", "strasse strasse"),
        ("ﬁnance", "finance"),
        ("Boston's", "boston"),
        ("Boston\u2019s", "boston"),
        ("don't", "don't"),
        ("ＢＡＮ", "ban"),
        ("𝕭𝖆𝖓", "ban"),
    ],
)
def test_folding_makes_spellings_of_a_word_one(written: str, folded: str) -> None:
    """Case, accents, ligatures, wide letters and the possessive don't matter."""
    assert fold(written) == folded


def test_words_come_in_order_with_stop_words() -> None:
    """What is a phrase must stay one."""
    assert words_of("The ban, as of 3.5% - and use_of “faces”") == [
        "the", "ban", "as", "of", "3", "5", "and", "use", "of", "faces",
    ]  # fmt: skip


_LETTERS = "aAsS'\u2019\u2018\u201c\u201d\u2013\u2014\u2026\u2022\u00a0_-.éßİﬁ\u0301²９ع@5\n\x1c "


@given(st.text(st.sampled_from(_LETTERS)).filter(lambda text: re.search(r"\w\.\w", text) is None))
def test_words_are_what_is_between_the_gaps_of_the_folded_text(text: str) -> None:
    """However quickly they are found: printed quotes and dashes are only gaps, too."""
    assert words_of(text) == re.findall(r"\w+", fold(text).replace("_", " "))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("U.S. plan", ["us", "plan"]),
        ("the U.S.'s plan", ["the", "us", "plan"]),
        ("U.S.-led", ["us", "led"]),
        ("J.K. Rowling", ["jk", "rowling"]),
        ("\u0421.\u0428.\u0410.", ["\u0441\u0448\u0430"]),
        ("I.T. department", ["i", "t", "department"]),
        ("Plan B. It is", ["plan", "b", "it", "is"]),
        ("t.co/a 3.a.b node.js", ["t", "co", "a", "3", "a", "b", "node", "js"]),
    ],
)
def test_letters_with_dots_are_one_word_but_never_a_stop_word(text: str, words: list[str]) -> None:
    """As others write them without dots."""
    assert words_of(text) == words


@pytest.mark.parametrize(("one", "many"), [("informação", "informações"), ("eleição", "eleições"), ("ação", "ações")])
def test_portuguese_words_in_cao_have_one_stem_in_singular_and_plural(one: str, many: str) -> None:
    """Although their accents are folded before."""
    assert stem(fold(one), "pt") == stem(fold(many), "pt")


@pytest.mark.parametrize("text", ["", "  ", "!?…", "€ $ →", "\u200b"])
def test_a_text_without_a_word_has_none(text: str) -> None:
    """Symbols aren't words."""
    assert words_of(text) == []


def test_words_of_other_scripts_are_words() -> None:
    """Nothing here is for English alone but the stems."""
    assert words_of("нейросети и दिल्ली") == ["нейросети", "и", "दिल्ली"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("東京都知事選2024年夏", ["東京", "京都", "都知", "知事", "事選", "2024", "年夏"]),
        ("iPhone15発売", ["iphone15", "発売"]),
        ("スティーブ・ジョブズ", [*["ステ", "ティ", "ィー", "ーブ", "ブジ", "ジョ", "ョブ", "ブズ"]]),
        ("ｶﾞﾝ治療", ["ガン", "ン治", "治療"]),
        ("삼성전자", ["삼성", "성전", "전자"]),
        ("น้ำท่วม", ["น้ํา", "าท่", "ท่ว", "วม"]),
        ("ဗမာစာ", ["ဗမာ", "မာစာ"]),
        ("ខ្មែរ", ["ខ្មែ", "មែរ"]),
        ("ພາສາລາວ", ["ພາ", "າສ", "ສາ", "າລ", "ລາ", "າວ"]),
        ("米", ["米"]),
        ("party 🎉❤️ 👩‍🚀 🇩🇪", ["party", "🎉", "❤", "👩", "🚀", "🇩🇪"]),
    ],
)
def test_runs_without_spaces_become_pairs_of_signs(text: str, words: list[str]) -> None:
    """So every part of two signs is found; Latin words, digits and emoji beside them are words."""
    assert words_of(text) == words


def test_a_pair_of_a_part_is_a_pair_of_the_whole() -> None:
    """In every script."""
    for whole, part in (("人工知能規制法案", "知能規制"), ("กรุงเทพมหานคร", "เทพ"), ("한국은행", "국은")):
        assert set(words_of(part)) <= set(words_of(whole))


@pytest.mark.parametrize(
    ("forms", "root"),
    [
        (("ban", "bans", "banned", "banning"), "ban"),
        (("city", "cities"), "citi"),
        (("carry", "carried", "carries"), "carri"),
        (("pass", "passed", "passes", "passing"), "pass"),
        (("roll", "rolled", "rolling", "rolls"), "roll"),
        (("police", "polices", "policed", "policing"), "polic"),
        (("seemingly",), "seem"),
    ],
)
def test_inflections_of_a_word_have_one_stem(forms: tuple[str, ...], root: str) -> None:
    """Enough to tie the headlines of one event."""
    assert {stem(form) for form in forms} == {root}


@pytest.mark.parametrize("word", ["us", "ai", "gas", "bus", "red", "class", "2021"])
def test_short_words_and_numbers_keep_their_ends(word: str) -> None:
    """A stem has at least three letters, and `ss` isn't a plural."""
    assert stem(word) == word


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("notes", "not"),
        ("noted", "not"),
        ("downing", "down"),
        ("cannes", "can"),
        ("others", "other"),
        ("wills", "will"),
        ("news", "new"),
    ],
)
def test_a_stop_word_is_never_the_stem_of_another_word(word: str, other: str) -> None:
    """10 Downing Street is not down."""
    assert stem(word) not in STOP_WORDS - {word}
    assert stem(other) == other


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("de", ("haus", "hauser", "hausern")),
        ("nl", ("huis", "huizen")),
        ("sv", ("nyhet", "nyheter", "nyheterna")),
        ("fr", ("national", "nationale", "nationaux")),
        ("es", ("elecciones", "eleccion")),
        ("it", ("elezione", "elezioni")),
        ("pt", ("governo", "governos")),
        ("en", ("санкции", "санкций", "санкциями")),
        ("en", ("κυβερνηση", "κυβερνησης")),
    ],
)
def test_inflections_follow_the_language_of_the_text(language: str, forms: tuple[str, ...]) -> None:
    """A script that one language stands for decides by itself."""
    assert len({stem(form, language) for form in forms}) == 1


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Der Bundestag hat das Gesetz mit großer Mehrheit beschlossen", "de"),
        ("De gemeente wil meer huizen in de stad bouwen", "nl"),
        ("Regeringen vill att skolan ska få mer pengar", "sv"),
        ("Le président de la République a réagi dans la soirée", "fr"),
        ("El gobierno aprueba la ley y los sindicatos protestan", "es"),
        ("O governo quer uma nova lei para as cidades", "pt"),
        ("Il governo approva la legge e i sindacati protestano", "it"),
        ("Oscar de la Hoya sells the club", "en"),
        ("Die Hard is the best film of all", "en"),
        ("Los Angeles", "en"),
        ("", "en"),
    ],
)
def test_function_words_show_the_language_of_a_text(text: str, language: str) -> None:
    """Names of other languages don't."""
    assert text_language(text) == language


@pytest.mark.parametrize(
    ("word", "other"), [("james", "jam"), ("planes", "plan"), ("downing", "down"), ("news", "new"), ("cannes", "can")]
)
def test_a_name_does_not_lose_its_end(word: str, other: str) -> None:
    """James is not jam, plane not plan."""
    assert stem(word) != stem(other)


def test_an_arabic_article_behind_a_conjunction_is_no_part_of_the_stem() -> None:
    """Snowball alone strips it at the beginning of a word only."""
    assert stem("\u0648\u0627\u0644\u062d\u0643\u0648\u0645\u0629") == stem("\u062d\u0643\u0648\u0645\u0629")


def test_the_plain_letter_for_the_arabic_feminine_ending_is_that_ending() -> None:
    """As it is often typed."""
    assert stem("\u0645\u062f\u0631\u0633\u0647") == stem("\u0645\u062f\u0631\u0633\u0629")


def test_a_word_whose_stem_would_be_a_stop_word_is_inflected_all_the_same() -> None:
    """By its own final letter."""
    assert {stem(word) for word in ("note", "notes", "noted")} == {"note"}


@given(st.from_regex(r"[a-z]{1,12}", fullmatch=True))
def test_no_word_has_a_stop_word_as_its_stem(word: str) -> None:
    """Unless it is that word."""
    assert stem(word) == word or stem(word) not in STOP_WORDS


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("\u0141\u00f3d\u017a", "lodz"),
        ("\u00d8resund", "oresund"),
        ("\u00c6on", "aeon"),
        ("\u0152uvre", "oeuvre"),
        ("\u0110\u1ed5i", "doi"),
        ("Diyarbak\u0131r", "diyarbakir"),
        ("\u00deingvellir", "thingvellir"),
        ("Stra\u00dfe", "strasse"),
        ("Rey\u00f0arfj\u00f6r\u00f0ur", "reydarfjordur"),
        ("co\u00adoper\u200bation", "cooperation"),
        ("$100,000", "100000"),
        ("1,234,567", "1234567"),
        ("AT & T", "atandt"),
        ("Pixel\u2122", "pixel"),
        ("\u0939\u093f\u0928\u094d\u0926\u0940", "\u0939\u093f\u0902\u0926\u0940"),
        ("\u092b\u093c\u093f\u0932\u094d\u092e", "\u092b\u093f\u0932\u094d\u092e"),
        ("\u0686\u06c1", "\u0686\u0647"),
    ],
)
def test_names_and_numbers_are_one_word_in_every_spelling(written: str, typed: str) -> None:
    """With letters that no keyboard abroad has, invisible signs or commas."""
    assert words_of(written) == words_of(typed) == [typed]


@pytest.mark.parametrize(
    ("written", "plain"), [("C#", "c"), ("C++", "c"), (".NET", "net"), ("R&D", "r d"), ("AT&T", "at t"), ("F#", "f")]
)
def test_a_name_with_signs_is_a_word_of_its_own(written: str, plain: str) -> None:
    """Not the letter that is left without them; and its case doesn't matter."""
    (word,) = words_of(f"{written}!")

    assert word.isalnum()
    assert [word] == words_of(written.lower())
    assert [word] != words_of(plain)


@pytest.mark.parametrize("typed", ["12,34", "cats & dogs", "foo#bar", "asp.net", "c # d"])
def test_signs_between_other_words_separate_them(typed: str) -> None:
    """As everywhere."""
    assert len(words_of(typed)) > 1


def test_stop_words_carry_no_meaning() -> None:
    """They are left out of what is compared."""
    assert stems_of("The ban of the cameras") == ["ban", "camera"]


def test_stop_words_are_all_there_is_of_some_titles() -> None:
    """Then they count: who asks for "who" means it."""
    assert stems_of("The Who") == [stem("the"), stem("who")]


def test_stop_words_are_folded_themselves() -> None:
    """One that isn't could never be met."""
    assert {word for word in STOP_WORDS if words_of(word) != [word]} == set()


@given(st.text(max_size=60))
def test_folding_twice_changes_no_word(text: str) -> None:
    """What is stored folded is found when it is folded again."""
    once = words_of(text)

    assert words_of(" ".join(once)) == once


@given(st.text(max_size=60))
def test_there_are_never_more_stems_than_words(text: str) -> None:
    """And none where there is no word."""
    words, stems = words_of(text), stems_of(text)

    assert len(stems) <= len(words)
    assert bool(stems) is bool(words)
