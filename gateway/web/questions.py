"""Everything that can be asked over HTTP, one method for each; `mount` has them by path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import FastAPI, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException

from gateway.model.access import Scope
from gateway.model.journal import Event, NewWork, Work
from gateway.pipeline.differing import changes
from gateway.store.outbox import StoredDelivery
from gateway.transports.http_server import Identify
from gateway.version import __version__
from gateway.web.desk import Desk, stored_result
from gateway.web.reading import Reading
from gateway.web.shapes import (
    AgreementLine,
    AwaitedLine,
    ChangeLine,
    DeliveryLine,
    DocumentLine,
    EndpointLine,
    FilingStatus,
    Found,
    MessageStatus,
    PartnerLine,
    Replayed,
    SiteSummary,
    TimelineEvent,
)
from gateway.web.stream import lines

_LONGEST: Final = 200
_NUMBER: Final = 2**53  # what every reader of JSON can count to

Id = Annotated[str, Path(min_length=1, max_length=_LONGEST)]
Key = Annotated[str, Query(min_length=1, max_length=_LONGEST)]
Kind = Annotated[str, Query(max_length=40, description="bill, container, lrn, mrn, ...; any without it")]
Most = Annotated[int, Query(ge=1, le=200)]
Overdue = Annotated[bool, Query(description="Only what should have come by now and has not.")]
Send = Annotated[bool, Query(description="Process it again for real.")]
Seen = Annotated[int | None, Header(alias="Last-Event-ID", ge=0, le=_NUMBER)]
After = Annotated[int | None, Query(ge=0, le=_NUMBER, description="As Last-Event-ID, for who cannot set headers.")]


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of one server."""

    desk: Desk
    identify: Identify
    stopping: Callable[[], bool]

    def _reading(self, request: Request, scope: Scope = Scope.READ) -> Reading:
        return Reading(self.desk, self.identify(request, scope))

    def message(self, request: Request, id: Id) -> MessageStatus:  # noqa: A002  # the name of the path
        """Tell what became of a message."""
        stored = self._reading(request).arrival(id)
        return MessageStatus(
            id=id,
            endpoint=stored.arrival.endpoint,
            received_at=stored.arrival.received_at,
            state=stored.state,
            agreement=stored.agreement,
            findings=self._findings(id),
            documents=[DocumentLine.model_validate(one) for one in self.desk.store.documents(arrival=id)],
        )

    def findings(self, request: Request, id: Id) -> list[dict[str, Any]]:  # noqa: A002  # the name of the path
        """List what is wrong or remarkable in a message."""
        self._reading(request).arrival(id)
        return self._findings(id)

    def _findings(self, id_: str) -> list[dict[str, Any]]:
        return [{"document": one.document} | one.finding.as_dict() for one in self.desk.store.findings(arrival=id_)]

    def timeline(self, request: Request, id: Id) -> list[TimelineEvent]:  # noqa: A002  # the name of the path
        """Tell the life of a message, line by line."""
        self._reading(request).arrival(id)
        return _told(self.desk.store.timeline(id))

    def raw(self, request: Request, id: Id) -> Response:  # noqa: A002  # the name of the path
        """Give the bytes of a message as received."""
        return _bytes(self._reading(request).arrival(id).arrival.content, id)

    def deliveries(self, request: Request, id: Id) -> list[DeliveryLine]:  # noqa: A002  # the name of the path
        """List what was made for a message, and what became of it."""
        self._reading(request).arrival(id)
        return [_delivery(one) for one in self.desk.store.deliveries(arrival=id)]

    def replay(self, request: Request, id: Id, *, send: Send = False) -> Replayed:  # noqa: A002  # the path's name
        """Compute a message again, as the site is today, and tell what differs; with `send` it is processed again."""
        stored = self._reading(request, Scope.REPLAY).arrival(id)
        result = self.desk.trial.process(stored.arrival, self.desk.clock())
        if result is None:
            raise HTTPException(409, "it repeats a message that is not processed yet: wait for that one")
        found = [ChangeLine.model_validate(one) for one in changes(stored_result(self.desk.store, stored), result)]
        if send:
            kind = Work.CONFLICT if stored.first else Work.PROCESS
            self.desk.store.enqueue([NewWork(kind, id, self.desk.clock())])
        return Replayed(id=id, changes=found, queued=send)

    def document(self, request: Request, id: Id) -> Response:  # noqa: A002  # the name of the path
        """Give a canonical document as JSON."""
        record = self._reading(request).document(id)
        if not record.json:
            raise HTTPException(404, "it could not be read, so there is no document")
        return Response(record.json, media_type="application/json")

    def delivery(self, request: Request, id: Id) -> DeliveryLine:  # noqa: A002  # the name of the path
        """Tell what became of a delivery."""
        return _delivery(self._reading(request).delivery(id))

    def delivered(self, request: Request, id: Id) -> Response:  # noqa: A002  # the name of the path
        """Give the bytes of a delivery to the partner that they went to."""
        return _bytes(self._reading(request).received(id).delivery.content, id)

    def filing(self, request: Request, id: Key) -> FilingStatus:  # noqa: A002  # the name of the parameter
        """Tell how a filing stands."""
        return FilingStatus.model_validate(self._reading(request).filing(id))

    def filing_timeline(self, request: Request, id: Key) -> list[TimelineEvent]:  # noqa: A002  # the parameter's name
        """Tell the life of a filing, line by line."""
        self._reading(request).filing(id)
        return _told(self.desk.store.timeline(id))

    def search(self, request: Request, value: Key, kind: Kind = "", limit: Most = 50) -> list[Found]:
        """Find where a business key occurs, newest first."""
        reading = self._reading(request)
        hits = self.desk.store.find(kind or None, value, limit)
        return [
            Found(kind=one.kind, value=one.value, subject=str(one.subject), id=one.id)
            for one in hits
            if reading.sees(one)
        ]

    def acknowledgments(self, request: Request, *, overdue: Overdue = False, limit: Most = 50) -> list[AwaitedLine]:
        """List the acknowledgments that are awaited or came, first due first, those without an answer before."""
        reading = self._reading(request)
        found = self.desk.store.awaited(self.desk.clock(), overdue=overdue, limit=limit)
        return [AwaitedLine.model_validate(one) for one in found if reading.sees_delivery(one.delivery)]

    def events(self, request: Request, last: Seen = None, after: After = None) -> StreamingResponse:
        """Stream the lines of the timelines as they are written (server-sent events)."""
        reading = self._reading(request)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        told = lines(reading, last if last is not None else after, self.stopping)
        return StreamingResponse(told, media_type="text/event-stream", headers=headers)

    def site(self, request: Request) -> SiteSummary:
        """Tell how the site is set up, without its secrets."""
        self.identify(request, Scope.OPERATOR)
        return _summary(self.desk)

    def metrics(self, request: Request) -> Response:
        """Give the figures of the gateway in Prometheus' text format."""
        self.identify(request, Scope.METRICS)
        return Response(self.desk.figures(), media_type="text/plain; version=0.0.4; charset=utf-8")


#: Method and path of each question; its operation id is its name.
PATHS: Final = (
    ("GET", "/v1/messages/{id}", Questions.message),
    ("GET", "/v1/messages/{id}/findings", Questions.findings),
    ("GET", "/v1/messages/{id}/timeline", Questions.timeline),
    ("GET", "/v1/messages/{id}/deliveries", Questions.deliveries),
    ("GET", "/v1/messages/{id}/raw", Questions.raw),
    ("POST", "/v1/messages/{id}/replay", Questions.replay),
    ("GET", "/v1/documents/{id}", Questions.document),
    ("GET", "/v1/deliveries/{id}", Questions.delivery),
    ("GET", "/v1/deliveries/{id}/raw", Questions.delivered),
    ("GET", "/v1/filings", Questions.filing),
    ("GET", "/v1/filings/timeline", Questions.filing_timeline),
    ("GET", "/v1/search", Questions.search),
    ("GET", "/v1/acknowledgments", Questions.acknowledgments),
    ("GET", "/v1/events", Questions.events),
    ("GET", "/v1/site", Questions.site),
    ("GET", "/metrics", Questions.metrics),
)


def mount(app: FastAPI, desk: Desk, identify: Identify, stopping: Callable[[], bool]) -> None:
    """Serve every question at its path."""
    asked = Questions(desk, identify, stopping)
    for method, path, question in PATHS:
        name = question.__name__
        app.add_api_route(path, getattr(asked, name), methods=[method], operation_id=name)


def _told(events: list[Event]) -> list[TimelineEvent]:
    return [TimelineEvent.model_validate(one) for one in events]


def _delivery(stored: StoredDelivery) -> DeliveryLine:
    one = stored.delivery
    return DeliveryLine(
        id=one.id,
        kind=one.kind,
        endpoint=one.endpoint,
        agreement=one.agreement,
        description=one.description,
        state=str(stored.state),
        attempts=stored.attempt,
        due_at=one.due_at,
    )


def _bytes(content: bytes, name: str) -> Response:
    """Return bytes that no browser takes for a page: what a partner sent says nothing of how it is shown."""
    safe = "".join(one if one.isascii() and (one.isalnum() or one in "-._") else "_" for one in name)
    headers = {"Content-Disposition": f'attachment; filename="{safe}"', "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type="application/octet-stream", headers=headers)


def _summary(desk: Desk) -> SiteSummary:
    site = desk.site
    return SiteSummary(
        name=site.name,
        version=__version__,
        identities=[str(one) for one in site.identities],
        partners=[
            PartnerLine(id=one.id, name=one.name, identifiers=[str(party) for party in one.identifiers])
            for one in site.partners.values()
        ],
        endpoints=[
            EndpointLine(
                id=one.id,
                partner=one.partner,
                transport=one.transport,
                place="" if one.way is None else one.way.place,
                sends=one.sends,
            )
            for one in site.endpoints.values()
        ],
        agreements=[
            AgreementLine(
                id=one.id,
                sender=one.sender.partner,
                recipient=one.recipient.partner,
                accepts=[str(accepted) for accepted in one.accepts],
                routes=[str(route) for route in (*one.routes, *one.replies)],
                test=one.test,
            )
            for one in site.agreements
        ],
    )
