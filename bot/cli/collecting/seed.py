"""`newsdesk seed new`: make one seed by hand, by the rules by which feeds' items become seeds."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.cli.collecting.workplace import needing_the_extra
from bot.cli.output.line import Line
from bot.cli.session import Session
from bot.cli.store import configure
from bot.clock import SystemClock
from bot.errors import NewsdeskError

with needing_the_extra():
    from bot.cli.collecting.collect import workplace_of
    from bot.collect.fetch.client import LARGEST_PAGE, open_client
    from bot.collect.fetched import Fetched
    from bot.collect.items.page import read_page
    from bot.collect.records.files import SeedFolder
    from bot.collect.records.record import Record
    from bot.collect.records.yaml_text import seed_text
    from bot.collect.running.opening import Workplace
    from bot.collect.running.trying import seed_of, seed_of_page
    from bot.text.links import clean_url


def run_new(session: Session, text: str, *, prints: bool) -> None:
    """Make the seed of a page, or of a saved page, and write it to the first seed folder.

    Args:
        session: The invocation.
        text: A URL, or the path of an HTML file that names its own address.
        prints: Print it and write nothing.

    Raises:
        NewsdeskError: The page can't be read, has no title, or its file is there already.
    """
    workplace = workplace_of(configure(session))
    name, record = asyncio.run(_of_page(workplace, text)) if "://" in text else _of_file(Path(text))
    if prints:
        session.out.stream.write(seed_text(record))
        return
    if workplace.seeds is None:
        raise NewsdeskError("There is no folder to write the seed to.", cure="Set `seeds`, or use --print.")
    folder = SeedFolder(workplace.seeds)
    path = workplace.seeds / name
    if path.exists():
        raise NewsdeskError(f"{path} is there already.", cure="Edit it, or use --print.")
    for error in folder.write_all({name: seed_text(record)}).values():
        raise NewsdeskError(f"{path} can't be written ({error.strerror}).")
    session.out.show(Line(text=f"Written: {path}"))


async def _of_page(workplace: Workplace, text: str) -> tuple[str, Record]:
    url = clean_url(text)
    if url is None:
        raise NewsdeskError(f"{text} is not a public web address.")
    clock = SystemClock()
    async with open_client(workplace.reach, clock) as client:
        return await seed_of_page(client, url, clock)


def _of_file(path: Path) -> tuple[str, Record]:
    try:
        body = path.read_bytes()[:LARGEST_PAGE]
    except OSError as error:
        raise NewsdeskError(f"{path} can't be read ({error.strerror}).") from error
    # Relative addresses of a saved page lead nowhere; the page's own address is in its head.
    page = read_page(Fetched(body=body, url=""))
    if not page.canonical:
        cure = 'It needs <link rel="canonical">, or og:url; or give its URL.'
        raise NewsdeskError(f"{path} doesn't name its own address.", cure=cure)
    return seed_of(page, page.canonical, now=SystemClock().now())
