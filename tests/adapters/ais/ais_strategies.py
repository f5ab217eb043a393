"""Messages of every type and form, with any raw values."""

from __future__ import annotations

from hypothesis import strategies as st

from adapters.ais import Bits, Message
from adapters.ais.layout import MOST_SURPLUS, Field, Layout, Presence
from adapters.ais.tables import LAYOUTS

TYPE_WIDTH = 6


def bits(most: int) -> st.SearchStrategy[Bits]:
    """Return bits of any number up to `most`."""
    return st.integers(0, most).flatmap(exactly)


def exactly(length: int) -> st.SearchStrategy[Bits]:
    return st.integers(0, (1 << length) - 1).map(lambda value: Bits(value, length))


@st.composite
def payloads(draw: st.DrawFn) -> Bits:
    """Return what a sentence may carry: any bits behind any message type, of about the lengths that types have."""
    number = draw(st.integers(0, 63))
    return Bits(number, TYPE_WIDTH).followed_by(draw(bits(1100)))


def raw(one: Field, layout: Layout) -> st.SearchStrategy[int | Bits]:
    if one.fixed is not None:
        return st.just(one.fixed)
    if one.varies:
        return bits(one.width)
    if one.name == "mmsi" and layout.type == 24:
        auxiliary = st.integers(980_000_000, 989_999_999)
        return auxiliary if "auxiliary" in layout.name else st.integers(0, 979_999_999)
    half = 1 << one.width - 1
    return st.integers(-half, half - 1) if one.kind.signed else st.integers(0, 2 * half - 1)


@st.composite
def messages(draw: st.DrawFn, *, whole: bool = False) -> Message:
    """Return a message of any form; unless `whole`, fields at the end may be missing and bits too many."""
    layout = LAYOUTS[draw(st.sampled_from(sorted(LAYOUTS)))]
    fields = layout.fields
    least = sum(one.presence is Presence.REQUIRED for one in fields)
    count = len(fields) if whole else draw(st.integers(least, len(fields)))
    raws = [draw(raw(one, layout)) for one in fields[:count]]
    surplus = Bits(0, 0)
    if not whole and not any(one.varies for one in fields):
        room = min(MOST_SURPLUS, fields[count].width - 1) if count < len(fields) else MOST_SURPLUS
        surplus = draw(bits(room))
    return Message(layout, (*raws, *(None,) * (len(fields) - count)), surplus)
