"""Kill processes that tests started."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from pathlib import Path


async def kill(process: asyncio.subprocess.Process) -> int:
    """Kill a process if it still runs, and return its exit status.

    If branches are counted, it may have been about to write down its own: what it wrote in part is deleted, since
    nothing can read that.
    """
    if process.returncode is not None:
        return process.returncode
    with suppress(ProcessLookupError):
        process.kill()
    status = await process.wait()
    if counted := os.environ.get("COVERAGE_FILE"):
        for part in Path(counted).parent.glob(f"{Path(counted).name}.*.pid{process.pid}.*"):
            part.unlink(missing_ok=True)
    return status
