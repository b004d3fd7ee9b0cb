"""Find the folders of the user who runs a command, as the XDG specification names them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.errors import ConfigError


def find_home(environ: Mapping[str, str]) -> Path:
    """Find the home folder.

    Raises:
        ConfigError: there is none.
    """
    try:
        return Path(environ.get("HOME") or Path.home())
    except RuntimeError as error:
        problem = "HOME: not set, and this user has no home folder"
        raise ConfigError((problem,), cure="Set HOME to a folder that the bot may write to.") from error


def find_file(environ: Mapping[str, str], home: Path) -> Path | None:
    """Find the configuration file: ./config.toml, else the one in the XDG config folder; None if there is none."""
    candidates = (Path("config.toml"), xdg_folder(environ, "XDG_CONFIG_HOME", home / ".config") / "config.toml")
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def xdg_folder(environ: Mapping[str, str], name: str, default: Path) -> Path:
    """Find our folder; a relative path is ignored, as the XDG specification demands."""
    folder = Path(environ.get(name, ""))
    return (folder if folder.is_absolute() else default) / "newsdesk"
