"""Interactions over HTTP: who may send one, and how it reaches the commands. Needs the extra `newsdesk[http]`."""

from __future__ import annotations

from bot.chat.http.server import InteractionServer

__all__ = ["InteractionServer"]
