"""The form of a record on its way to XML: control characters stand for markup.

So whole documents are escaped by a few passes at the end, and no value costs a call of its own. No canonical text
holds a control character (`gateway.model.base`), which is what makes it safe.
"""

from __future__ import annotations

OPEN, CLOSE, QUOTE = "\x02", "\x03", "\x04"
_ESCAPES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), (OPEN, "<"), (CLOSE, ">"), (QUOTE, '"'))


def start(tag: str) -> str:
    """Return a start tag without attributes."""
    return f"{OPEN}{tag}{CLOSE}"


def end(tag: str) -> str:
    """Return an end tag."""
    return f"{OPEN}/{tag}{CLOSE}"


def markup(text: str) -> str:
    """Return intermediate text as XML: texts escaped, control characters turned into markup."""
    for character, written in _ESCAPES:
        if character in text:
            text = text.replace(character, written)
    return text


def tag_of(record: str) -> str:
    """Return the tag that a record opens, or "" when it closes one."""
    if not record.startswith(OPEN) or record.startswith(f"{OPEN}/"):
        return ""
    head = record[1 : record.index(CLOSE)]
    return head.partition(" ")[0]


def closes_itself(record: str) -> bool:
    """Whether a record ends the element it opens."""
    return 2 * record.count(f"{OPEN}/") == record.count(OPEN)
