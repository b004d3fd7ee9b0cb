"""`newsdesk demo`: the bot running on a simulated Discord on this machine, in a temporary folder."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Final

from rich.console import Console

from bot.app.config import Config, load_config
from bot.app.start import Newsdesk, open_newsdesk
from bot.clock import SystemClock
from bot.errors import NewsdeskError
from bot.sandbox import Channel, Member, Sandbox

READY_WITHIN_S: Final = 20.0

TRY: Final = """\
Open the page and, as Ada (who can manage the server) or Mo (a member), try:
  /news search query:facial recognition        /news related article:guard…  (choose from the list)
  /schedule why name:Weekly                    /content import  (a seed file or a zip of them)
  /admin doctor
  the list under the edition, and the button "Why these?"
Copy a seed file into the folder named above and search for it.  Press Ctrl-C to end the demo."""


async def run_demo(seeds: Path, out: Console, *, once: bool, port: int = 0) -> None:
    """Start the sandbox and the bot, import `seeds`, post the first edition, and print what to try.

    Args:
        seeds: The folder to import and watch; an absolute path.
        out: The terminal.
        once: Print the edition as the channel shows it and return; otherwise run until Ctrl-C or SIGTERM.
        port: The page's port on 127.0.0.1; 0 takes a free one.

    Raises:
        NewsdeskError: no edition was posted.
    """
    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="newsdesk-demo-") as folder:
        async with Sandbox(clock=clock, port=port) as sandbox:
            guild = sandbox.add_guild("Town Square")
            channel = guild.add_channel("news")
            admin = guild.add_member("Ada", permissions=("manage_guild",))
            guild.add_member("Mo")
            out.print(f"Simulated Discord: {sandbox.api_base}/\n{sandbox.checking}")
            config = _config(sandbox, Path(folder), seeds)
            async with open_newsdesk(config, clock=clock) as newsdesk:
                await newsdesk.wait_until_ready(READY_WITHIN_S)
                out.print(f"The bot is ready. Seeds: {seeds}")
                await _post_first_edition(newsdesk, admin, channel)
                _show(out, channel)
                if not once:
                    out.print(f"\nThe page: {sandbox.api_base}/\n{TRY}")
                    await _until_stopped()


def _config(sandbox: Sandbox, folder: Path, seeds: Path) -> Config:
    return load_config(
        Path("/dev/null"),
        {
            "NEWSDESK_TOKEN": sandbox.token,
            "NEWSDESK_DATABASE": str(folder / "newsdesk.sqlite3"),
            "NEWSDESK_SEEDS": str(seeds),
            "NEWSDESK_API_BASE": sandbox.api_base,
            "NEWSDESK_HEALTH_ADDRESS": "",
            "NEWSDESK_LOG_LEVEL": "WARNING",
        },
    )


async def _post_first_edition(newsdesk: Newsdesk, admin: Member, channel: Channel) -> None:
    """Schedule a weekly digest as an admin would, and send its first edition now."""
    soon = SystemClock().now() + timedelta(days=6)
    created = await admin.run(
        channel,
        "schedule create",
        name="Weekly",
        channel=channel,
        day=soon.strftime("%A").lower(),
        time="09:00",
        timezone="UTC",
    )
    sent = await admin.run(channel, "schedule send-now", name="Weekly")
    await newsdesk.deliver_pending()
    if not channel.messages:
        raise NewsdeskError("No edition was posted.", cure=f"The bot answered: {created.text} {sent.text}")


def _show(out: Console, channel: Channel) -> None:
    out.rule(f"#{channel.name}", style="dim")
    for message in channel.messages:
        out.print(message.text)
    out.rule(style="dim")


async def _until_stopped() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
