"""The shapes of answers, as the OpenAPI document publishes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from gateway.model.filing import State


class Shape(BaseModel):
    """One shape; its attributes say what it holds."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Problem(Shape):
    """An error (RFC 9457)."""

    model_config = ConfigDict(frozen=True, extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    detail: str


class DocumentLine(Shape):
    """A document of a message, without its values."""

    id: str
    type: str
    reference: str
    accepted: bool
    filing: str


class Validation(Shape):
    """What processing a message gives, computed at once; what is stored comes from the queue and is the same."""

    state: str
    agreement: str
    findings: list[dict[str, Any]]
    documents: list[DocumentLine]


class Submitted(Shape):
    """A message is recorded; `status` is where to ask what became of it."""

    id: str
    status: str
    validation: Validation | None = None


class MessageStatus(Shape):
    """What became of a message."""

    id: str
    endpoint: str
    received_at: datetime
    state: str
    agreement: str
    findings: list[dict[str, Any]]
    documents: list[DocumentLine]


class TimelineEvent(Shape):
    """One line of a timeline."""

    at: datetime
    step: str
    text: str
    arrival: str
    document: str
    delivery: str
    filing: str
    who: str
    why: str


class DeliveryLine(Shape):
    """A delivery made for a message, and what became of it."""

    id: str
    kind: str
    endpoint: str
    agreement: str
    description: str
    state: str
    attempts: int
    due_at: datetime


class Found(Shape):
    """Where a business key occurs: a message, document, delivery or filing."""

    kind: str
    value: str
    subject: str
    id: str


class FilingStatus(Shape):
    """A filing as it stands."""

    id: str
    sender: str
    lrn: str
    mrn: str
    agreement: str
    state: State
    said_by: str
    since: datetime | None
    version: int
    refused: int
    do_not_load: bool
    hold: bool
    bills: list[str]


class ChangeLine(Shape):
    """What differs between a message as stored and as it would be today."""

    what: str
    id: str
    path: str
    before: str
    after: str


class Replayed(Shape):
    """What a replay gives; `queued` says whether it is processed again for real."""

    id: str
    changes: list[ChangeLine]
    queued: bool


class AwaitedLine(Shape):
    """An acknowledgment that is awaited of a delivery on one layer, and how that stands."""

    delivery: str
    endpoint: str
    arrival: str
    layer: str
    due_at: datetime
    standing: str
    verdict: str | None
    answered_at: datetime | None
    remarks: list[str]


class PartnerLine(Shape):
    """A partner of the site."""

    id: str
    name: str
    identifiers: list[str]


class EndpointLine(Shape):
    """An endpoint of the site; `place` is where messages go or come from, without secrets."""

    id: str
    partner: str
    transport: str
    place: str
    sends: bool


class AgreementLine(Shape):
    """An agreement of the site."""

    id: str
    sender: str
    recipient: str
    accepts: list[str]
    routes: list[str]
    test: bool


class SiteSummary(Shape):
    """A site without its secrets."""

    name: str
    version: str
    identities: list[str]
    partners: list[PartnerLine]
    endpoints: list[EndpointLine]
    agreements: list[AgreementLine]


class Live(Shape):
    """The process answers."""

    live: bool


class Ready(Shape):
    """Messages can be taken in; the rest are figures of the moment."""

    model_config = ConfigDict(frozen=True, extra="allow")

    ready: bool = Field(description="Whether messages can be taken in.")
