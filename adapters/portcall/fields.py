"""What a structure is declared with: the members of a JSON object, and what each may hold.

One table of these gives reader, writer, the place tree of maps, and the JSON Schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A text: at most `most` characters (0: any number), exactly so many with `fixed`, of digits alone with `digits`.

    `form` is a pattern of the whole, `values` what there is to choose from. With `written` the text holds several
    values: they are the named groups of `form`, and `written` is how they are put together ("{event}.{certainty}").
    """

    most: int = 0
    fixed: bool = False
    digits: bool = False
    form: str = ""
    values: tuple[str, ...] = ()
    written: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A number, `whole` or not, within bounds where there are any."""

    whole: bool = False
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A time in RFC 3339; `any_precision` takes what is less exact or has no offset, too (ISO 8601)."""

    any_precision: bool = False


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of texts."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A list of exactly so many numbers, each with a name: (longitude, latitude)."""

    names: tuple[str, ...]


Kind = Text | Number | Moment | Texts | Numbers


@dataclass(frozen=True, slots=True)
class Member:
    """A value that maps read and write."""

    name: str
    kind: Kind = Text()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Fixed:
    """A member with one value, which the adapter writes and looks at; maps do not see it.

    With `beside` it is written only where one of these members is; not `checked`, another value is no fault.
    """

    name: str
    value: str
    required: bool = True
    beside: tuple[str, ...] = ()
    checked: bool = True


@dataclass(frozen=True, slots=True)
class Sender:
    """The member that says where a message comes from: written from the envelope, and read into it."""

    name: str


@dataclass(frozen=True, slots=True)
class Derived:
    """A member that the adapter makes from others: the first of `sources` that has a value, behind its prefix.

    A source is a prefix and the pointer of a value ("/data/vessel/imo"). With `uuid` it is a name-based UUID of that,
    with `codes` what stands for it there.
    """

    name: str
    sources: tuple[tuple[str, str], ...]
    uuid: bool = False
    codes: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """A text that begins with a number that stands elsewhere too ("60nm.ata.vessel"): maps see what is behind it.

    `kind` is of the text without the number; those of `counted` have one, which stands at `source`.
    """

    name: str
    kind: Text
    counted: tuple[str, ...]
    source: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """Which values of one member go with which of another; "" is absence."""

    first: str
    second: str
    allowed: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Joined:
    """Several members that mean one thing together: maps see them as one value, joined by "/", absent ones empty."""

    name: str
    members: tuple[Member, ...]
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Object:
    """An object, or with `repeats` a list of them. `any_of` names members of which one must be there.

    In an `open` object members that the table does not have are passed over.
    """

    name: str
    members: tuple[Member | Fixed | Sender | Derived | Counted | Joined | Object, ...]
    required: bool = False
    repeats: bool = False
    any_of: tuple[str, ...] = ()
    open: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One message: its name and version, the object it is, and how it is known.

    `schema` is its `dataschema`; a message without one is known by `marks`, members of its `data`.
    """

    name: str
    version: str
    title: str
    schema: str
    root: Object
    marks: tuple[str, ...] = ()
