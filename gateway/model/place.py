"""The place tree that a map is compiled against: one message of one standard, without its data.

A group is its trigger: the other members of the group are the trigger's children, so that EDIFACT
and XML have one shape (docs/adr).
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Place:
    """One segment (or XML class) of a message structure.

    `id` numbers the places in document order from 1; the root, which is the message itself, is 0.
    `repeat` is how often the place may occur under one parent (the group's maximum for a trigger).
    `group` is the UN segment group number of a trigger. `public_id` is the WCO class id, if any.
    """

    id: int
    name: str
    parent: Place | None = field(repr=False)
    mandatory: bool
    repeat: int
    group: int | None = None
    public_id: str = ""
    children: list[Place] = field(default_factory=list, repr=False)

    @property
    def trail(self) -> str:
        """Names from the root to here, for messages to people: CNI/RFF/NAD."""
        if self.parent is None or self.parent.parent is None:
            return self.name
        return f"{self.parent.trail}/{self.name}"


@dataclass(frozen=True, slots=True)
class Locator:
    """One value of a record, resolved against the directory or schema.

    EDIFACT: `element` is the index after the tag, from 1; `component` from 0, or None for a stand-alone
    element; `count` > 1 for a starred locator that takes several consecutive components.
    XML: `leaf` is the path of tags below the class element, `attribute` the attribute's name or "".
    `text` is the spelling in the map, `name` the data element number or leaf name, `format` as the
    standard writes it (an..35, n3). `public_id` is the WCO attribute id, if any.
    """

    text: str
    name: str
    element: int = 0
    component: int | None = None
    count: int = 1
    leaf: tuple[str, ...] = ()
    attribute: str = ""
    format: str = ""
    mandatory: bool = False
    public_id: str = ""

    @property
    def key(self) -> tuple[int, int, tuple[str, ...], str]:
        """Identity of the place inside its record."""
        return (self.element, -1 if self.component is None else self.component, self.leaf, self.attribute)
