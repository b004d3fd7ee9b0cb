"""The configuration: the keys of config.toml and of the environment."""

from __future__ import annotations

from bot.app.config.loading import KEYS, PREFIX, load_config
from bot.app.config.model import Config, Limits
from bot.app.config.values import Address

__all__ = ["KEYS", "PREFIX", "Address", "Config", "Limits", "load_config"]
