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


#: The order of a route whose documents all go one after another.
ALL = "all"


@dataclass(frozen=True, slots=True)
class Route:
    """One output: documents of a class with this verdict go to an endpoint as a message type.

    `syntax` is what an EDIFACT message is written in (UNOC:4), "" for what is usual. `order_by` is the kind of business
    key ("voyage") whose documents go one after another, `ALL` for all of them, "" for none.
    """

    document: str
    to: str
    type: MessageType
    trigger: Trigger
    when: When = When.ACCEPTED
    map: str = ""
    answer_within: timedelta | None = None
    contrl_within: timedelta | None = None
    syntax: str = ""
    order_by: str = ""

    def __str__(self) -> str:
        return f"{self.when} {self.document} to {self.to} as {self.type.standard} {self.type}"
