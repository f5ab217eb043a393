"""One output of an agreement: what goes to which endpoint, as which message, and when. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from gateway.model.stages import MessageType
from gateway.plugin import Trigger


class When(StrEnum):
    """Which verdict on a document makes a route apply."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ALWAYS = "always"


class Missed(StrEnum):
    """What becomes of several times of a route that have passed with nobody at work."""

    ONCE = "once"  # all that was gathered goes as one
    ALL = "all"  # each time has its own


#: The order of a route whose documents all go one after another.
ALL = "all"


@dataclass(frozen=True, slots=True)
class Route:
    """One output: documents of a class with this verdict go to an endpoint as a message type.

    `syntax` is what an EDIFACT message is written in (UNOC:4), "" for what is usual. `order_by` is the kind of business
    key ("voyage") whose documents go one after another, `ALL` for all of them, "" for none. With `gathers` they wait
    for the next time of the trigger, which is a `Recurring` one, and go together.
    """

    document: str
    to: str
    type: MessageType
    trigger: Trigger
    when: When = When.ACCEPTED
    answer_within: timedelta | None = None
    contrl_within: timedelta | None = None
    syntax: str = ""
    order_by: str = ""
    gathers: Missed | None = None

    @property
    def name(self) -> str:
        """What tells the route from others of its agreement that gather."""
        return f"{self.document} to {self.to} as {self.type.standard} {self.type}"

    def __str__(self) -> str:
        return f"{self.when} {self.document} to {self.to} as {self.type.standard} {self.type}"
