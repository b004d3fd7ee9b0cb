"""`newsdesk demo`: run the bot against a simulated Discord."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rich.console import Console

from bot.app.demo import run_demo
from bot.app.log import set_up_logging
from bot.errors import NewsdeskError


def run_on_this_machine(seeds: Path, *, once: bool, port: int) -> None:
    """Run the demo.

    Args:
        seeds: The folder of seed files.
        once: Print the first edition and end.
        port: The page's port; 0 takes a free one.

    Raises:
        NewsdeskError: There is no such folder, or no edition came.
    """
    if not seeds.is_dir():
        raise NewsdeskError(f"{seeds} is not a folder.", cure="Name a folder of seed files with --seeds.")
    set_up_logging("WARNING", "console")
    console = Console(highlight=False, markup=False, soft_wrap=True)
    asyncio.run(run_demo(seeds.resolve(), console, once=once, port=port))
