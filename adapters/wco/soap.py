"""XML inside a text of a SOAP body: opened once, under the limits of any other document, and written the same way.

What stands in the text is a file of its own, with its own XML declaration. It is put into the tree in place of the
text, so that everything behind this sees one document. A text within such a text stays a text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from adapters.wco import parser
from adapters.wco.intermediate import markup
from adapters.wco.names import local, namespace
from gateway.model.finding import Finding

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
#: SOAP 1.1 and 1.2.
SPACES = frozenset((ENVELOPE, "http://www.w3.org/2003/05/soap-envelope"))
_MOST = 100  # texts opened in one body
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def is_soap(root: Any) -> bool:
    """Whether an element is a SOAP envelope."""
    return local(root.tag) == "Envelope" and namespace(root.tag) in SPACES


def opened(root: Any) -> tuple[Finding, ...]:
    """Put the XML that stands in texts of a SOAP body in the place of its text; return what is wrong with it."""
    findings: list[Finding] = []
    for holder in list(islice(_holders(root), _MOST)):
        text = holder.text.strip()
        before = holder.text[: len(holder.text) - len(holder.text.lstrip())].count("\n")
        lines = (holder.sourceline or 1) + before - 1
        inner = parser.parse_text(text)
        if inner.root is None:
            findings += [_moved(finding, lines) for finding in inner.findings]
            continue
        for element in inner.root.iter():
            element.sourceline = (element.sourceline or 1) + lines
        holder.text = None
        holder.append(inner.root)
    return tuple(findings)


def _holders(root: Any) -> Iterator[Any]:
    """Yield the elements of the body that hold a text and nothing else, and whose text begins as XML does."""
    for body in root:
        if local(body.tag) == "Body" and namespace(body.tag) in SPACES:
            yield from (one for one in body.iter() if not len(one) and (one.text or "").lstrip()[:1] == "<")


def _moved(finding: Finding, lines: int) -> Finding:
    line = (finding.position.line or 1) + lines
    return replace(finding, position=replace(finding.position, line=line))


def wrapped(content: bytes, operation: Sequence[str]) -> bytes:
    """Return a file as the text of the innermost element of a SOAP body; `operation` are full tags, outermost first."""
    prefixes = {namespace(tag): f"op{number or ''}" for number, tag in enumerate(operation) if namespace(tag)}
    spaces = "".join(f' xmlns:{prefix}="{markup(space)}"' for space, prefix in prefixes.items())
    tags = [f"{prefixes[namespace(tag)]}:{local(tag)}" if namespace(tag) else local(tag) for tag in operation]
    start = "".join(f"<{tag}>" for tag in tags)
    end = "".join(f"</{tag}>" for tag in reversed(tags))
    text = markup(content.decode())
    return (
        f'{_DECLARATION}<soap:Envelope xmlns:soap="{ENVELOPE}"{spaces}><soap:Body>{start}{text}{end}'
        "</soap:Body></soap:Envelope>"
    ).encode()
