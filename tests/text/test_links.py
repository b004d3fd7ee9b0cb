"""Links: what is a URL that may be shown, which URLs are the same page, and which are in a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.links import LONGEST_URL, alias_key, clean_url, domain_of, links_in


@pytest.mark.parametrize(
    "url",
    [
        "https://www.wbur.org/npr/982709480/massachusetts-pioneers-rules",
        "http://media.npr.org/assets/img/ap_1.jpg?s=6",
        "https://thumbor.forbes.com/fit-in/filters%3Aformat%28jpg%29/https%3A%2F%2Fspecials.com%2F0x0.jpg",
        "https://example.com",
        "https://my_blog.example.co.uk:8443/a;b=c,d?q=1&r=%20#top",
        "https://medium.com/@author/story",
        "https://xn--r8jz45g.xn--zckzah/",
    ],
)
def test_clean_url_leaves_a_clean_one_as_it_is(url: str) -> None:
    """What needs no correction is byte for byte what upstream wrote."""
    assert clean_url(url) == url


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.com/x",
        "//example.com/x",
        "example.com/x",
        "https:example.com",
        "",
        "https://",
        "https:///x",
        "mailto:a@example.com",
    ],
)
def test_clean_url_refuses_all_that_is_not_http_or_https(text: str) -> None:
    """A reader's browser must not run, mail or guess anything."""
    assert clean_url(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "http://0x7f.1/",
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://[::1]/",
        "http://0177.0.0.1/",
        "http://localhost/",
        "http://intranet/",
        "http://example.1/",
        "http://example.c/",
        "http://１２７.０.０.１/",
    ],
)
def test_clean_url_refuses_addresses_and_bare_names(text: str) -> None:
    """The last label of a public site is alphabetic or punycode, and there is one before it."""
    assert clean_url(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "https://user@example.com/",
        "https://user:secret@example.com/",
        "https://example.com\\@evil.example/",
        "https://example.com%40evil.example/",
        "https://example.com%2f.evil.example/",
        "https://exa mple.com/",
        "https://example.com:x/",
        "https://example.com:65536/",
    ],
)
def test_clean_url_refuses_a_host_that_hides_another(text: str) -> None:
    """Userinfo, backslashes and escapes in the host lead elsewhere than they seem to."""
    assert clean_url(text) is None


@pytest.mark.parametrize("char", ["\x00", "\n", "\t", "\x1b", "\x7f", "\u202e", "\u2066", "\u200b", "\ud800", "\ue000"])
def test_clean_url_refuses_control_and_format_characters(char: str) -> None:
    """A right-to-left override makes an .exe a picture."""
    assert clean_url(f"https://example.com/a{char}b") is None


def test_clean_url_encodes_what_could_end_a_link() -> None:
    """`](` in a path would begin another link in Discord's markdown."""
    assert (
        clean_url("https://ok.example/)[x](https://evil.example")
        == "https://ok.example/%29%5Bx%5D%28https://evil.example"
    )


def test_clean_url_encodes_brackets_quotes_spaces_and_markup() -> None:
    """Every character that a markdown or HTML writer could trip over."""
    assert clean_url('https://a.example/<b>"c" d`|\\') == "https://a.example/%3Cb%3E%22c%22%20d%60%7C%5C"


def test_clean_url_writes_other_alphabets_as_ascii() -> None:
    """Hosts as punycode, paths as UTF-8 escapes."""
    assert clean_url("https://bücher.example/ä?q=ö") == "https://xn--bcher-kva.example/%C3%A4?q=%C3%B6"


def test_clean_url_keeps_a_sharp_s_apart_from_ss() -> None:
    """Browsers open straße.de, not strasse.de: they are two owners' sites."""
    assert clean_url("https://straße.de/") == "https://xn--strae-oqa.de/"


def test_clean_url_refuses_a_host_that_folds_into_a_path() -> None:
    """`℀` becomes `a/c` when it is normalised: the host would end before the real one."""
    assert clean_url("https://example.com℀.evil.example/") is None


def test_clean_url_lowers_scheme_and_host_and_drops_the_usual_port() -> None:
    """One site, one spelling; the path's case matters and stays."""
    assert clean_url(" HTTPS://Example.COM.:443/A?B ") == "https://example.com/A?B"


@pytest.mark.parametrize(("length", "is_usable"), [(LONGEST_URL, True), (LONGEST_URL + 1, False)])
def test_clean_url_refuses_more_than_2048_characters(*, length: int, is_usable: bool) -> None:
    """Counted after cleaning."""
    url = "https://example.com/".ljust(length, "a")

    assert (clean_url(url) is not None) == is_usable


def test_clean_url_refuses_what_encoding_makes_too_long() -> None:
    """Each bracket becomes three characters."""
    assert clean_url("https://example.com/" + "(" * 700) is None


def test_clean_url_refuses_a_host_longer_than_a_host_may_be() -> None:
    """253 characters, labels of 63 (RFC 1035)."""
    assert clean_url("https://" + "a." * 126 + "com/") is None
    assert clean_url("https://" + "a" * 64 + ".com/") is None


@given(st.text(max_size=80).map(lambda text: "https://example.com/" + text) | st.text(max_size=80))
def test_clean_url_is_done_when_it_is_done_once(text: str) -> None:
    """Cleaning is idempotent, whatever it is given."""
    url = clean_url(text)

    assert url is None or clean_url(url) == url


@given(st.from_regex(r"(?s)https?://.{0,60}", fullmatch=True))
def test_clean_url_never_lets_a_dangerous_character_through(text: str) -> None:
    """The result is printable ASCII without brackets, quotes, spaces or userinfo."""
    url = clean_url(text)

    assert url is None or (url.isascii() and url.isprintable() and not set(url) & set(' ()[]<>"\\`|{}^'))


@pytest.mark.parametrize(
    "other",
    [
        "http://example.com/a",
        "https://www.example.com/a",
        "https://example.com/a/",
        "https://example.com/a#part",
        "http://www.example.com/a/#part",
        "https://example.com/a?",
    ],
)
def test_alias_key_is_the_same_for_what_leads_to_the_same_page(other: str) -> None:
    """Scheme, `www.`, the final slash and the fragment don't matter."""
    assert alias_key(other) == alias_key("https://example.com/a")


@pytest.mark.parametrize(
    "other",
    ["https://example.com/A", "https://example.com/a?b=1", "https://m.example.com/a", "https://example.com/a/b"],
)
def test_alias_key_differs_for_another_page(other: str) -> None:
    """Case, query and subdomain can name another page."""
    assert alias_key(other) != alias_key("https://example.com/a")


def test_alias_key_ignores_the_slash_before_a_query() -> None:
    """The final slash is the path's."""
    assert alias_key("https://example.com/a/?b=1") == alias_key("https://example.com/a?b=1")


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.BostonHerald.com/2023/x", "bostonherald.com"),
        ("https://www-forbes-com.cdn.ampproject.org/c/s", "www-forbes-com.cdn.ampproject.org"),
        ("https://example.com:8443?x", "example.com"),
        ("https://example.com", "example.com"),
    ],
)
def test_domain_of_is_the_host_without_www_and_port(url: str, domain: str) -> None:
    """What a reader knows a site by."""
    assert domain_of(url) == domain


def test_links_in_finds_links_as_people_write_them() -> None:
    """In brackets, in markdown, between angles, with a full stop behind."""
    text = (
        "see (https://a.example/x_(y)), <https://b.example/1>, [this](https://c.example/q?a=b)! "
        "https://d.example. ||https://e.example/s||"
    )

    assert links_in(text) == [
        "https://a.example/x_%28y%29",
        "https://b.example/1",
        "https://c.example/q?a=b",
        "https://d.example",
        "https://e.example/s",
    ]


def test_links_in_names_each_link_once_in_its_order() -> None:
    """A link in a preview is often the one in the text."""
    assert links_in("https://b.example https://a.example https://b.example") == [
        "https://b.example",
        "https://a.example",
    ]


def test_links_in_leaves_out_what_cannot_be_used() -> None:
    """Addresses, userinfo and other schemes aren't links to an article."""
    assert links_in("http://127.0.0.1/x https://a@b.example javascript:x file:///etc/passwd") == []


@given(st.text(max_size=200))
def test_links_in_takes_any_text(text: str) -> None:
    """A message holds whatever people type."""
    assert all(clean_url(link) == link for link in links_in(text))
