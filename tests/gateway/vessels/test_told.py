"""What a watch makes of a call is told in every vocabulary of port calls that has a word for it."""

from __future__ import annotations

from functools import cache

import pytest
from tracks import Track, seen

from gateway import app
from gateway.errors import EncodeError
from gateway.model.stages import Envelope, MessageType, Party
from gateway.model.vessel_event import EventType, VesselEvent
from gateway.pipeline.standards import Read, Standards

PORT_CALL = {
    EventType.PILOT_BOARDING,
    EventType.ANCHORAGE_START,
    EventType.ANCHORAGE_END,
    EventType.BERTH_ARRIVAL,
    EventType.BERTH_DEPARTURE,
}
WORDS = {
    MessageType("portcall", "vessel-event", "1"): set(EventType),
    MessageType("portcall", "dcsa", "2"): PORT_CALL | {EventType.BERTH_SHIFT},
    MessageType("portcall", "itpco", "3"): PORT_CALL
    | {EventType.APPROACH, EventType.PORT_ARRIVAL, EventType.PORT_DEPARTURE},
}
ENVELOPE = Envelope("portcall", Party("EXAMPLEPORT"))


@cache
def standards() -> Standards:
    return app.standards()


@cache
def call() -> tuple[VesselEvent, ...]:
    """The events of a ship that anchors, berths, and leaves with less draught for another port."""
    ship = Track(3.2).say_twice(imo=9_074_729, name="INVENTED", ship_type=70, draught=8.0, destination="XXPRT")
    ship.go(3.75, every=90).stay(20, status=1, every=120).go(3.993, knots=10).stay(30, status=5, every=120)
    ship.say_twice(imo=9_074_729, name="INVENTED", ship_type=70, draught=6.0, destination="DEHAM")
    return tuple(seen(ship.go(3.4, every=90)))


def test_the_call_has_every_event_of_a_port_call() -> None:
    assert {one.type for one in call()} >= PORT_CALL | {EventType.PORT_ARRIVAL, EventType.PORT_DEPARTURE}


@pytest.mark.parametrize("kind", WORDS, ids=str)
def test_an_event_of_the_watch_is_told_or_refused_by_name(kind: MessageType) -> None:
    for event in call():
        if event.type not in WORDS[kind]:
            with pytest.raises(EncodeError, match=f"type '{event.type}'"):
                standards().write(event, kind, ENVELOPE)
            continue
        output = standards().write(event, kind, ENVELOPE)
        read = standards().read(standards().adapters["portcall"], [output.content])
        (found,) = [one for one in read if isinstance(one, Read)]
        assert isinstance(found.document, VesselEvent)
        assert found.findings == ()
        assert (found.document == event) == (not output.losses)
        assert (found.document.id, found.document.type, found.document.certainty) == (
            event.id,
            event.type,
            event.certainty,
        )
