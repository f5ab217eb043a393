"""The HTTP API behind the server that takes messages in: who may send, and everything that is asked about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from fastapi import FastAPI
from starlette.exceptions import HTTPException

from gateway.model.access import ApiKey
from gateway.model.journal import Claim
from gateway.model.stages import Arrival
from gateway.transports.http_server import Identify
from gateway.web.desk import Desk
from gateway.web.document import publish
from gateway.web.questions import mount
from gateway.web.shapes import DocumentLine, Validation

_KEY: Final = "idempotency_key"


class Api:
    """What stands behind the HTTP server of a site (`gateway.transports.http_server.Behind`)."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def ready(self) -> Mapping[str, Any]:
        """Return whether messages can be taken in, with figures."""
        return self._desk.ready()

    def admit(self, key: ApiKey, arrival: Arrival) -> Arrival:
        """Return an arrival under the id that its Idempotency-Key has had since it was first used.

        The key is taken before the arrival is recorded, and recording an id twice is a duplicate: a sender that heard
        nothing gets, with the same key and bytes, the first answer again.

        Raises:
            HTTPException: 403 where the key does not open the agreement, 422 where other bytes used the
                Idempotency-Key.
        """
        if key.agreements and self._desk.trial.agreement(arrival) not in key.agreements:
            raise HTTPException(403, f"this API key sends only under {', '.join(sorted(key.agreements))}")
        given = arrival.attributes.get(_KEY, "")
        if not given:
            return arrival
        claim = Claim(f"idempotency {key.partner} {given}", arrival.sha256)
        (use,) = self._desk.store.claim(arrival, [claim])
        if use.sha256 != arrival.sha256:
            raise HTTPException(422, "this Idempotency-Key came with another message before: use a new one")
        return Arrival(use.arrival, arrival.endpoint, arrival.received_at, arrival.content, arrival.attributes)

    def validate(self, arrival: Arrival) -> Mapping[str, Any] | None:
        """Return what processing an arrival gives, without keeping it; None while what it repeats is at work."""
        result = self._desk.trial.process(arrival, self._desk.clock())
        if result is None or result.arrival is None:
            return None
        return Validation(
            state=result.arrival.state,
            agreement=result.arrival.agreement,
            findings=[one.finding.as_dict() for one in result.findings],
            documents=[DocumentLine.model_validate(one) for one in result.documents],
        ).model_dump(mode="json")

    def mount(self, app: FastAPI, identify: Identify, stopping: Callable[[], bool]) -> None:
        """Add the questions, and the document that describes them all."""
        mount(app, self._desk, identify, stopping)
        publish(app)
