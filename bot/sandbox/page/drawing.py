"""Messages as HTML. All their text is escaped here, in one place, and the markup has no inline styles."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import Final

from bot.sandbox.content import components as parts
from bot.sandbox.content import reading
from bot.sandbox.content.markdown import Kind, Node, parse
from bot.sandbox.content.reading import Names
from bot.sandbox.state.message import LOADING, SandboxMessage
from bot.sandbox.wire import Json

_TAGS: Final = {
    Kind.BOLD: "strong",
    Kind.ITALIC: "em",
    Kind.UNDERLINE: "u",
    Kind.STRIKE: "s",
    Kind.QUOTE: "blockquote",
}
_CLASSES: Final = {Kind.SPOILER: "spoiler", Kind.SUBTEXT: "subtext"}
_STYLES: Final = {1: "primary", 2: "secondary", 3: "success", 4: "danger"}
_BLOCKS: Final = frozenset({Kind.HEADING, Kind.SUBTEXT, Kind.QUOTE, Kind.ITEM, Kind.BLOCK})


def element(tag: str, inside: str = "", /, **attributes: str | bool | None) -> str:
    """Create an element around escaped HTML; attributes are escaped, and omitted if False or None."""
    written = []
    for name, value in attributes.items():
        key = name.strip("_").replace("_", "-")
        if value is True:
            written.append(f" {key}")
        elif value is not None and value is not False:
            written.append(f' {key}="{escape(str(value))}"')
    opening = f"<{tag}{''.join(written)}>"
    return opening if tag in ("img", "hr", "br", "input") else f"{opening}{inside}</{tag}>"


class Drawing:
    """Renders one channel's messages.

    Attributes:
        places: The options of a channel select: ids and names.
        roles: The options of a role select.
        people: The options of a user select.
        kinds: The type of each channel, by id.
    """

    def __init__(self, names: Names, places: Json, roles: Json, people: Json, kinds: Json) -> None:
        self._names = names
        self._kinds = kinds
        self._offers = {
            parts.CHANNEL_SELECT: places,
            parts.ROLE_SELECT: roles,
            parts.USER_SELECT: people,
            parts.MENTIONABLE_SELECT: roles | people,
        }

    def message(self, message: SandboxMessage) -> str:
        """Render a message's body."""
        raw = message.raw
        if raw["flags"] & LOADING:
            return element("p", "Newsdesk is thinking…", _class="thinking")
        drawn = [element("div", self.text(raw["content"]), _class="text")] if raw["content"] else []
        drawn += [self._embed(embed) for embed in raw["embeds"]]
        drawn += [self._component(one) for one in raw["components"]]
        named = {media.get("attachment_id") for one in parts.walk(raw["components"]) for media in parts.media_of(one)}
        drawn += [self._attachment(one) for one in raw["attachments"] if one["id"] not in named]
        return "".join(drawn)

    def text(self, text: str) -> str:
        """Render a text's markdown."""
        nodes = parse(text)
        drawn = []
        for number, node in enumerate(nodes):
            beside_block = number and nodes[number - 1].kind in _BLOCKS
            if not (node.kind is Kind.BREAK and beside_block):
                drawn.append(self._node(node))
        return "".join(drawn)

    def _nodes(self, nodes: Iterable[Node]) -> str:
        return "".join(self._node(node) for node in nodes)

    def _node(self, node: Node) -> str:
        if node.kind in _LEAVES:
            return _LEAVES[node.kind](node)
        if node.kind in (Kind.USER, Kind.ROLE, Kind.CHANNEL):
            return element("span", escape(self._names(node.kind, node.text)), _class="mention")
        inside = self._nodes(node.inside)
        if node.kind is Kind.LINK:
            return link(node.target, inside or escape(node.text))
        if node.kind is Kind.HEADING:
            return element(f"h{int(node.target) + 2}", inside)
        if node.kind is Kind.ITEM:
            return element("div", escape(node.text) + inside, _class="item")
        return element(_TAGS.get(node.kind, "span"), inside, _class=_CLASSES.get(node.kind))

    def _component(self, one: Json) -> str:
        drawn: dict[int, Callable[[Json], str]] = {
            parts.TEXT_DISPLAY: lambda it: element("div", self.text(it["content"]), _class="text"),
            parts.ACTION_ROW: lambda it: element("div", self._inside(it), _class="row"),
            parts.CONTAINER: self._container,
            parts.SECTION: self._section,
            parts.THUMBNAIL: lambda it: _picture(it["media"]["url"], it["description"], "thumbnail"),
            parts.MEDIA_GALLERY: _gallery,
            parts.FILE: lambda it: element("div", link(it["file"]["url"], escape(str(it["name"]))), _class="file"),
            parts.SEPARATOR: lambda it: element("hr", _class="" if it["divider"] else "unseen"),
            parts.BUTTON: _button,
            **dict.fromkeys(parts.SELECTS, self.select),
        }
        return drawn[one["type"]](one)

    def _container(self, one: Json) -> str:
        return element("div", self._inside(one), _class="container", data_accent=_color(one.get("accent_color")))

    def _section(self, one: Json) -> str:
        words = element("div", self._inside({"components": one["components"]}), _class="words")
        return element("div", words + self._component(one["accessory"]), _class="section")

    def _inside(self, one: Json) -> str:
        return "".join(self._component(child) for child in parts.children(one))

    def select(self, one: Json, identifier: str | None = None) -> str:
        """Render a select menu, with an id of the page's own if `identifier` is given."""
        many = one.get("max_values", 1) > 1
        options = [
            element(
                "option",
                escape(option["label"]),
                value=option["value"],
                selected=bool(option.get("default")),
                title=option.get("description"),
            )
            for option in self._options(one)
        ]
        shown = str(one.get("placeholder") or "Make a selection")
        if not many:
            options.insert(0, element("option", escape(shown), value="", _class="placeholder"))
        return element(
            "select",
            "".join(options),
            data_custom=one["custom_id"],
            data_kind=str(one["type"]),
            multiple=many,
            size=str(min(len(options), 5)) if many else None,
            aria_label=shown,
            disabled=bool(one.get("disabled")),
            id=identifier,
        )

    def _options(self, one: Json) -> list[Json]:
        if "options" in one:
            return list(one["options"])
        default = {str(value["id"]) for value in one.get("default_values") or ()}
        allowed = one.get("channel_types")
        return [
            {"label": name, "value": key, "default": key in default}
            for key, name in self._offers[one["type"]].items()
            if not allowed or self._kinds[key] in allowed
        ]

    def _embed(self, embed: Json) -> str:
        inside = []
        if embed.get("author"):
            inside.append(element("div", escape(embed["author"]["name"]), _class="by"))
        if embed.get("title"):
            title = self.text(embed["title"])
            inside.append(element("h4", link(embed["url"], title) if embed.get("url") else title))
        inside.append(element("div", self.text(embed.get("description") or ""), _class="text"))
        for field in embed.get("fields") or ():
            words = element("strong", self.text(field["name"])) + "<br>" + self.text(field["value"])
            inside.append(element("div", words, _class="field"))
        for key, kind in (("image", "large"), ("thumbnail", "thumbnail")):
            if embed.get(key):
                inside.append(_picture(embed[key]["url"], None, kind))
        if embed.get("footer"):
            inside.append(element("div", escape(embed["footer"]["text"]), _class="subtext"))
        return element("div", "".join(inside), _class="container", data_accent=_color(embed.get("color")))

    def _attachment(self, attachment: Json) -> str:
        return element("div", link(attachment["url"], escape(attachment["filename"])), _class="file")


def link(url: str, label: str) -> str:
    """Create a link around escaped HTML; only for web addresses."""
    if not url.lower().startswith(("http://", "https://")):
        return element("span", label, _class="dead", title=url)
    return element("a", label, href=url, target="_blank", rel="noopener noreferrer", title=url)


def _picture(url: str, description: str | None, kind: str) -> str:
    words = description or "picture"
    image = ""
    if url.lower().startswith(("http://", "https://")):
        image = element("img", src=url, alt=words, title=words, loading="lazy", referrerpolicy="no-referrer")
    return element("figure", image + element("figcaption", escape(words)), _class=f"picture {kind}")


def _gallery(one: Json) -> str:
    pictures = [_picture(item["media"]["url"], item["description"], "large") for item in one["items"]]
    return element("div", "".join(pictures), _class="gallery", data_count=str(len(pictures)))


def _color(number: int | None) -> str | None:
    return None if number is None else f"#{number:06x}"


def _stamp(node: Node) -> str:
    shown = escape(reading.stamp(node.text, node.target))
    return element("time", shown, data_seconds=node.text, data_style=node.target)


_LEAVES: Final[dict[Kind, Callable[[Node], str]]] = {
    Kind.TEXT: lambda node: escape(node.text),
    Kind.BREAK: lambda _: "<br>",
    Kind.STAMP: _stamp,
    Kind.CODE: lambda node: element("code", escape(node.text)),
    Kind.BLOCK: lambda node: element("pre", element("code", escape(node.text))),
    Kind.EVERYONE: lambda node: element("span", escape(f"@{node.text}"), _class="mention"),
    Kind.COMMAND: lambda node: element("span", escape(f"/{node.text}"), _class="mention"),
    Kind.EMOJI: lambda node: escape(f":{node.text}:"),
}


def _button(one: Json) -> str:
    emoji = (one.get("emoji") or {}).get("name") or ""
    label = " ".join(word for word in (emoji, one.get("label") or "") if word)
    if one.get("url"):
        return element("span", link(one["url"], escape(label) + " ↗"), _class="button secondary link")
    style = _STYLES.get(one["style"], "secondary")
    return element(
        "button",
        escape(label),
        _class=f"button {style}",
        data_custom=one["custom_id"],
        disabled=bool(one.get("disabled")),
    )
