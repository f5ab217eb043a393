"""HTML as text that is safe by its type: a `Markup` is written as it is, any other text is escaped.

Law: nothing that is not `Markup` can open an element or an attribute, and the result is well-formed XML.

    element("p", "a < b", class_="note")    -> Markup('<p class="note">a &lt; b</p>')
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

#: What XML 1.0 has no way to write.
_UNPRINTABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STAND_IN = "\ufffd"
_VOID = frozenset(("meta", "rect", "path"))
_SLUG = re.compile(r"[^\w.-]+")


class Markup(str):
    """HTML or SVG that was made here."""

    __slots__ = ()


def safe(text: str) -> Markup:
    """Return a text escaped, what XML cannot hold replaced; markup is returned as it is."""
    return text if isinstance(text, Markup) else Markup(escape(_UNPRINTABLE.sub(_STAND_IN, text)))


def joined(pieces: Iterable[str], between: str = "") -> Markup:
    """Return pieces one after the other, each safe."""
    return Markup(safe(between).join(safe(piece) for piece in pieces))


def element(name: str, /, *content: str, **attributes: object) -> Markup:
    """Return one element; an attribute is named `class_` or `stroke_width` for `class` and `stroke-width`.

    An attribute of the value "" is left out.
    """
    given = ((key.rstrip("_").replace("_", "-"), str(value)) for key, value in attributes.items() if value != "")
    head = name + "".join(f' {key}="{safe(value)}"' for key, value in given)
    return Markup(f"<{head}/>" if name in _VOID else f"<{head}>{joined(content)}</{name}>")


def coded(text: str) -> Markup:
    """Return a text whose pieces between backticks are code."""
    return joined(element("code", piece) if at % 2 else piece for at, piece in enumerate(text.split("`")))


def table(columns: Iterable[str], lines: Iterable[Iterable[str]], **attributes: object) -> Markup:
    """Return a table with a head; each cell is text or markup."""
    head = element("thead", element("tr", *(element("th", column) for column in columns)))
    body = (element("tr", *(element("td", cell) for cell in line)) for line in lines)
    return element("table", head, element("tbody", *body), **attributes)


def anchor(kind: str, text: str) -> str:
    """Return the id of what a page shows under a name: `field-equipment.number` for equipment[].number."""
    return f"{kind}-{_SLUG.sub('-', text.replace('[].', '.')).strip('-')}"
