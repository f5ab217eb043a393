"""Deliveries that wait for what becomes of a filing, with a real store, and answers of customs in any order."""

from __future__ import annotations

import pytest
from desk import COMMUNITY, Desk, answer, manifest, status

from gateway.triggers import OnEvent

LRN = "BA26-042E-01"


def waits(desk: Desk, event: str) -> str:
    """Take a manifest whose copy for the port community waits for an event; return its arrival."""
    desk.route("manifests", COMMUNITY, trigger=OnEvent.parse(event))
    arrival = desk.take(manifest())
    assert desk.inbox(COMMUNITY) == []
    assert f"waits for {event} of filing blue-anchor/{LRN}" in desk.told(arrival)
    return arrival


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("accepted", answer(LRN)),
        ("registered", answer(LRN, mrn="26EX0001")),
        ("rejected", answer(LRN, "27")),
        ("held", answer(LRN, "8", status("7"))),
        ("released", answer(LRN, "8", status("4"))),
    ],
)
def test_a_delivery_goes_when_its_filing_is_answered_so(desk: Desk, event: str, said: bytes) -> None:
    waits(desk, event)
    desk.take(said, "customs")
    assert len(desk.inbox(COMMUNITY)) == 1


def test_another_answer_does_not_release_it_and_the_right_one_does_so_once(desk: Desk) -> None:
    arrival = waits(desk, "released")
    desk.take(answer(LRN, mrn="26EX0001"), "customs")
    desk.take(answer(LRN, "8", status("7"), reference="EXR-2"), "customs")
    assert desk.inbox(COMMUNITY) == []
    for number in (3, 4):
        desk.take(answer("", "8", status("4"), mrn="26EX0001", reference=f"EXR-{number}"), "customs")
    assert len(desk.inbox(COMMUNITY)) == 1
    assert "due now: released of blue-anchor/BA26-042E-01" in desk.told(desk.sent(arrival)[COMMUNITY][0].delivery.id)


def test_an_answer_of_whom_the_filing_is_not_addressed_to_releases_nothing(desk: Desk) -> None:
    waits(desk, "accepted")
    desk.take(answer(LRN).replace(b"EXR-1", b"PCS-1"), "port-community")
    assert desk.inbox(COMMUNITY) == []
