"""One AIS message, whichever way it came: its fields as sent and as meant, and how it was heard."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from adapters.ais.bits import NONE, Bits
from adapters.ais.communication import Communication, communication
from adapters.ais.fields import Raw, Reading, State, Value
from adapters.ais.layout import Access, Layout, Plan
from adapters.ais.tagblock import TagBlock

#: Characters of a name; only one that fills them goes on in the extension.
_FULL_NAME = 20
_MMSI = 2  # its place in every table
_NOT_SENT = Reading(None, None, State.NOT_AVAILABLE)


class Heard(NamedTuple):
    """How a message came in.

    `sent_at` and `station` are what the feed says of it: tag block, suffix, or prefix of a log; None where it does not.
    `content` holds the sentences as received, in the order of their parts; of JSON, the payload.
    """

    source: str
    received_at: datetime
    content: tuple[bytes, ...]
    station: str | None = None
    sent_at: datetime | None = None
    talker: str = ""
    channel: str = ""
    own_ship: bool = False
    tag_block: TagBlock | None = None


class Message:
    """A message of a type's table; two that say the same are equal, whoever heard them, and when.

    `message["sog"]` is the value in its unit, or None; `state` says whether that is for want of a value or because what
    was sent is none; `raw` is what was sent. Fields are named in docs/reference/ais-fields.md.

    A message that was received is its bits: a field is looked up when somebody asks for it.
    """

    __slots__ = ("_is",)
    _is: tuple[Layout, Heard | None, int, Plan | None, tuple[Raw, ...], Bits]

    def __init__(self, layout: Layout, raws: tuple[Raw, ...], surplus: Bits = NONE, heard: Heard | None = None) -> None:
        _set(self, (layout, heard, 0, None, raws, surplus))

    @classmethod
    def received(cls, layout: Layout, plan: Plan, value: int, heard: Heard | None) -> Message:
        """Return the message of bits that a table and plan read."""
        made = _new(cls)
        _set(made, (layout, heard, value, plan, (), NONE))
        return made

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a message does not change: {name} cannot be set")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Message):
            return NotImplemented
        return (self.layout, self.raws, self.surplus) == (other.layout, other.raws, other.surplus)

    def __hash__(self) -> int:
        return hash((self.layout, self.raws, self.surplus))

    def __repr__(self) -> str:
        return f"Message(layout={self.layout!r}, raws={self.raws!r}, surplus={self.surplus!r}, heard={self.heard!r})"

    def __reduce__(self) -> tuple[type[Message], tuple[Layout, tuple[Raw, ...], Bits, Heard | None]]:
        return Message, (self.layout, self.raws, self.surplus, self.heard)

    @property
    def layout(self) -> Layout:
        """The table of its type and form."""
        return self._is[0]

    @property
    def heard(self) -> Heard | None:
        """How it came in; None of one that was made."""
        return self._is[1]

    @property
    def raws(self) -> tuple[Raw, ...]:
        """Every field as sent, in the order of the table; None where it was not."""
        _, _, value, plan, raws, _ = self._is
        return plan.raws(value) if plan else raws

    @property
    def surplus(self) -> Bits:
        """The bits that were sent behind the last field."""
        _, _, value, plan, _, surplus = self._is
        return Bits(value & (1 << plan.surplus) - 1, plan.surplus) if plan else surplus

    @property
    def type(self) -> int:
        """The number of its type, 1 to 27."""
        return self._is[0].type

    @property
    def mmsi(self) -> int:
        """Who sent it, as sent."""
        raw = self._raw(_MMSI)
        return raw if isinstance(raw, int) else 0

    def raw(self, name: str) -> Raw:
        """Return a field as sent; None where it was not.

        Raises:
            KeyError: the type has no such field.
        """
        return self._raw(self._is[0].index[name])

    def _raw(self, place: int) -> Raw:
        _, _, value, plan, raws, _ = self._is
        return plan.raw(value, place) if plan else raws[place]

    def reading(self, name: str) -> Reading:
        """Return a field as sent and as meant, with its state."""
        raw = self.raw(name)
        if raw is None:
            return _NOT_SENT
        one = self.layout.fields[self.layout.index[name]]
        state, value = one.kind.read(raw, one.width)
        return Reading(raw, value, state)

    def __getitem__(self, name: str) -> Value:
        return self.reading(name).value

    def __contains__(self, name: object) -> bool:
        return name in self.layout.index

    def __iter__(self) -> Iterator[str]:
        return iter(self.layout.index)

    def state(self, name: str) -> State:
        """Return what a field says: a value, nothing, or what cannot be."""
        return self.reading(name).state

    def values(self) -> dict[str, Value]:
        """Return every field of its type by name, in the order sent."""
        _, _, value, plan, _, _ = self._is
        if plan and plan.values:
            return plan.values(value)
        return {
            name: raw if read is None or raw is None else read(raw, width)[1]
            for (name, read, width), raw in zip(self.layout.readers, self.raws, strict=True)
        }

    @property
    def position(self) -> tuple[float, float] | None:
        """Longitude and latitude in degrees; None unless both are values. (0, 0) is one, whoever believes it."""
        if "lon" not in self or "lat" not in self:
            return None
        lon, lat = self["lon"], self["lat"]
        return (lon, lat) if isinstance(lon, float) and isinstance(lat, float) else None

    @property
    def name(self) -> str | None:
        """The whole name, that of a type 21 with its extension; None where there is none."""
        if "name" not in self:
            return None
        name = self["name"]
        if not isinstance(name, str):
            return None
        more = self["name_extension"] if "name_extension" in self and len(name) == _FULL_NAME else None
        return f"{name}{more}" if isinstance(more, str) else name

    @property
    def communication(self) -> Communication | None:
        """How the sender takes its turn on the channel; None where the type, or a carrier-sense unit, says nothing."""
        access = self.layout.access
        if access is Access.NONE or ("carrier_sense" in self and self.raw("carrier_sense")):
            return None
        if access is Access.SELECTED:
            access = Access.ITDMA if self.raw("itdma") else Access.SOTDMA
        radio = self.raw("radio")
        return communication(access, radio) if isinstance(radio, int) else None


_new = object.__new__
_set = Message.__dict__["_is"].__set__  # once, as __setattr__ refuses
