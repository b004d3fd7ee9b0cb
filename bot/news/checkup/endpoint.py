"""Whether Discord sends interactions to where the bot takes them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.news.checkup.finding import Finding, failing, passing, unchecked

_PAGE = "in the Developer Portal under General Information"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppEndpoint:
    """What Discord knows of an application.

    Attributes:
        public_key: The key that signs its interactions, in hexadecimal digits.
        url: Where they are sent; None for the gateway.
    """

    public_key: str
    url: str | None


def endpoint_findings(app: AppEndpoint, *, public_key: str | None, has_gateway: bool) -> tuple[Finding, ...]:
    """Compare what Discord knows with the configuration.

    Args:
        app: What Discord knows.
        public_key: The configured key; None if no interactions arrive over HTTP.
        has_gateway: Whether the bot connects to the gateway.

    Returns:
        One finding; none if neither side has anything to do with HTTP.
    """
    if public_key is None:
        if app.url is None:
            return ()
        text = f"Discord sends them to {app.url}, so none arrives over the gateway."
        cure = f"Configure `interactions_address`, or remove the Interactions Endpoint URL {_PAGE}."
        return (failing(text, cure, check="interactions"),)
    if public_key != app.public_key:
        text = "`interactions_public_key` is the key of another application."
        return (failing(text, f"Copy the Public Key {_PAGE}.", check="interactions"),)
    if app.url is not None:
        return (passing("interactions", f"Discord sends them to {app.url}."),)
    if has_gateway:
        text = f"they arrive over the gateway until you set an Interactions Endpoint URL {_PAGE}."
        return (unchecked(text, check="interactions"),)
    cure = f"Set your address, ending in /interactions, {_PAGE}."
    return (failing("no Interactions Endpoint URL is set, so none arrives.", cure, check="interactions"),)
