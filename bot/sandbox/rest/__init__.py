"""REST v10, as far as the bot uses it: a file for each kind of thing."""

from __future__ import annotations

from bot.sandbox.rest import answers, channels, commands, guilds, login, messages, threads
from bot.sandbox.rest.route import Routes

ROUTES = Routes(
    (
        *login.ROUTES,
        *commands.ROUTES,
        *answers.ROUTES,
        *messages.ROUTES,
        *threads.ROUTES,
        *channels.ROUTES,
        *guilds.ROUTES,
    )
)
