"""Segments to those of pydifact and back, for programs written against it (`pip install pierhead[pydifact]`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydifact.segments import Segment as PydifactSegment

from adapters.edifact.syntax.segments import Segment, segment
from gateway.errors import EncodeError


def to_pydifact(segments: Iterable[Segment]) -> Iterator[PydifactSegment]:
    """Yield pydifact's segments: a stand-alone element is a text, a composite a list of texts.

    UNA is left out, for pydifact keeps service characters apart.

    Raises:
        EncodeError: a segment has what pydifact cannot hold: a repeated element, a payload, explicit nesting, no tag.
    """
    for one in segments:
        if one.tag == "UNA":
            continue
        if not one.tag or one.payload or one.nesting or any(len(element) > 1 for element in one.elements):
            raise EncodeError(f"pydifact has no place for what {one.tag or 'a segment without a tag'} holds: {one}")
        yield PydifactSegment(one.tag, *(_text_or_list(element[0] if element else ()) for element in one.elements))


def from_pydifact(segments: Iterable[PydifactSegment]) -> Iterator[Segment]:
    """Yield our segments; what is empty at the end of an element or segment is left out."""
    for one in segments:
        if one.tag != "UNA":
            yield segment(one.tag, *one.elements)


def _text_or_list(components: tuple[str, ...]) -> str | list[str]:
    return list(components) if len(components) > 1 else "".join(components)
