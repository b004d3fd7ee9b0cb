"""`newsdesk feeds list | remove | import | export | packs`: the feeds file, without the network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.cli.collecting.workplace import needing_the_extra
from bot.cli.output.line import Kind, Line
from bot.cli.session import Session
from bot.cli.store import configure
from bot.errors import NewsdeskError
from bot.render.format.number import count_of

with needing_the_extra():
    from bot.cli.collecting.collect import workplace_of
    from bot.collect.feed import Feed, FeedList
    from bot.collect.feeds.editing import append_feeds, remove_feed
    from bot.collect.feeds.file import LARGEST_FILE, read_feeds
    from bot.collect.feeds.opml import is_opml, read_opml, unusable_outlines, write_opml
    from bot.collect.feeds.starter_packs import pack_names, read_pack
    from bot.collect.state.memory import open_copy
    from bot.collect.state.values import FeedState
    from bot.text.links import clean_url
    from bot.text.pages import page_key


def list_feeds(session: Session) -> None:
    """Print each feed with its state.

    Raises:
        NewsdeskError: The feeds file can't be used.
    """
    workplace = workplace_of(configure(session))
    feeds = read_feeds(workplace.feeds_file)
    with open_copy(workplace.memory_file) as memory:
        states = [(feed, memory.feed(feed.url)) for feed in feeds.feeds]
    session.out.show(*(_line(feed, state) for feed, state in states))
    session.out.show(Line(text=f"{count_of(len(states), 'feed')} in {workplace.feeds_file}", kind="heading"))


def _state(state: FeedState) -> str:
    if state.is_gone:
        return "gone"
    if state.trouble:
        return "failing"
    return "new" if state.succeeded_at is None else "ok"


def _line(feed: Feed, state: FeedState) -> Line:
    kinds: dict[str, Kind] = {"ok": "body", "new": "quiet"}
    said = {
        "ok": f"last read {state.succeeded_at:%Y-%m-%d %H:%M} UTC" if state.succeeded_at else "",
        "new": "not read yet",
        "gone": "removed by its site",
        "failing": f"failing since {state.failing_since:%Y-%m-%d}: {state.trouble}" if state.failing_since else "",
    }[_state(state)]
    topics = f" [{', '.join(feed.topics)}]" if feed.topics else ""
    name = feed.name or state.title
    text = f"{name}{topics}: {said}; {feed.url}" if name else f"{feed.url}{topics}: {said}"
    return Line(text=text, kind=kinds.get(_state(state), "trouble"), hanging=2)


def run_remove(session: Session, text: str) -> None:
    """Remove a feed from the feeds file; its articles stay.

    Raises:
        NewsdeskError: No feed, or several, are meant.
    """
    workplace = workplace_of(configure(session))
    feed = meant_feed(read_feeds(workplace.feeds_file), text)
    remove_feed(workplace.feeds_file, feed.url)
    session.out.show(Line(text=f"Removed {feed.name or feed.url}. Its articles stay."))


def meant_feed(feeds: FeedList, text: str) -> Feed:
    """Find the feed that a person means by its address, its name or a part of one.

    Raises:
        NewsdeskError: There is none, or several.
    """
    url = clean_url(text if "://" in text else f"https://{text}") if "." in text else None
    if url is not None:
        same = [feed for feed in feeds.feeds if page_key(feed.url) == page_key(url)]
        if same:
            return same[0]
    named = [feed for feed in feeds.feeds if text.lower() in f"{feed.name} {feed.url}".lower()]
    if len(named) == 1:
        return named[0]
    cure = "`newsdesk feeds list` shows all of them."
    if named:
        raise NewsdeskError(f"{text} means {len(named)} feeds: {', '.join(feed.url for feed in named[:3])}.", cure=cure)
    raise NewsdeskError(f"No feed {text}.", cure=cure)


def run_import(session: Session, text: str) -> int:
    """Add the feeds of an OPML file or a starter pack that are not there yet.

    Returns:
        The exit status: 1 if some outlines could not be used.

    Raises:
        NewsdeskError: There is no such file or pack, or the feeds file can't be changed.
    """
    workplace = workplace_of(configure(session))
    path = Path(text)
    unusable: Sequence[str] = ()
    if path.is_file():
        data = read_file(path)
        if not is_opml(data):
            raise NewsdeskError(f"{path} is not OPML.", cure="`newsdesk migrate` reads other bots' exports.")
        found, unusable = read_opml(data), unusable_outlines(data)
    else:
        found = read_pack(text)
    added = add_new(workplace.feeds_file, found)
    session.err.show(*(Line(text=f"{each}: not a public web address", kind="trouble") for each in unusable))
    known = len(found) - len(added)
    left = f", {known} there already" if known else ""
    left += f", {len(unusable)} unusable" if unusable else ""
    session.out.show(Line(text=f"{count_of(len(added), 'feed')} added to {workplace.feeds_file}{left}"))
    return 1 if unusable else 0


def read_file(path: Path) -> bytes:
    """Read a list of feeds from somewhere else.

    Raises:
        NewsdeskError: It can't be read, or is too large for one.
    """
    try:
        with path.open("rb") as opened:
            data = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise NewsdeskError(f"{path} can't be read ({error.strerror}).") from error
    if len(data) > LARGEST_FILE:
        raise NewsdeskError(f"{path} is larger than {LARGEST_FILE // 1024**2} MiB.")
    return data


def add_new(path: Path, feeds: Sequence[Feed]) -> list[Feed]:
    """Append the feeds that a file doesn't have yet; returns them."""
    known = {page_key(feed.url) for feed in read_feeds(path).feeds} if path.exists() else set()
    new = {page_key(feed.url): feed for feed in reversed(feeds) if page_key(feed.url) not in known}
    added = [feed for feed in feeds if new.get(page_key(feed.url)) is feed]
    if added:
        append_feeds(path, added)
    return added


def run_export(session: Session) -> None:
    """Print the feeds as OPML.

    Raises:
        NewsdeskError: The feeds file can't be used.
    """
    feeds = read_feeds(workplace_of(configure(session)).feeds_file)
    session.out.stream.write(write_opml(feeds.feeds, title="Newsdesk").decode())


def show_packs(session: Session, name: str) -> None:
    """List the starter packs, or the feeds of one.

    Raises:
        NewsdeskError: There is no such pack.
    """
    if name:
        session.out.show(*(Line(text=f"{feed.name}: {feed.url}", hanging=2) for feed in read_pack(name)))
        return
    session.out.show(*_packs(), Line(text="`newsdesk feeds import NAME` adds one.", kind="quiet"))


def _packs() -> Iterator[Line]:
    for name in pack_names():
        yield Line(text=f"{name}: {', '.join(feed.name for feed in read_pack(name))}", hanging=2)
