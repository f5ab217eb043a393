"""Documents that go together: nothing lost and nothing twice, whoever does it and whenever it stops."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from desk import COMMUNITY, NOON, Desk, manifest

from gateway.errors import EncodeError
from gateway.model.base import Part
from gateway.model.finding import Severity
from gateway.model.journal import Work
from gateway.model.stages import MessageType, Written
from gateway.pipeline.standards import Standards
from gateway.routing import Missed
from gateway.triggers import Every

HOUR = timedelta(hours=1)
FIRST = b"BA26-042E-01"


def gathers(desk: Desk, missed: Missed = Missed.ONCE) -> None:
    """Have the copies for the port community gathered for every full hour."""
    desk.route("manifests", COMMUNITY, trigger=Every(HOUR), gathers=missed)


def take(desk: Desk, *numbers: int) -> None:
    """Take manifests in that differ by their LRN and interchange reference."""
    for number in numbers:
        content = manifest().replace(FIRST, b"BA26-042E-%02d" % number)
        reference = content.split(b"'")[1 if content.startswith(b"UNA") else 0].split(b"+")[5]
        desk.take(content.replace(reference, b"%s%02d" % (reference[:-2], number)))


def filed(content: bytes) -> list[str]:
    """The LRNs in an interchange, in order."""
    return [part.split("+")[2] for part in content.decode().replace("\r\n", "").split("'") if part.startswith("BGM")]


def named(*numbers: int) -> list[str]:
    return [f"BA26-042E-{number:02d}" for number in numbers]


def test_what_comes_in_a_period_goes_at_its_end_as_one_interchange(desk: Desk) -> None:
    gathers(desk)
    take(desk, 1, 2, 3)
    assert desk.inbox(COMMUNITY) == []
    desk.now = NOON + HOUR
    desk.work()
    (content,) = desk.inbox(COMMUNITY)
    assert filed(content) == named(1, 2, 3)
    assert content.count(b"UNH+") == 3
    assert b"UNZ+3+" in content
    assert not desk.errors


def test_each_document_says_for_when_it_is_gathered_and_in_what_it_went(desk: Desk) -> None:
    gathers(desk)
    take(desk, 1, 2)
    desk.now = NOON + HOUR
    desk.work()
    told = desk.told("arrival-001")
    assert "gathered for 2026-11-02T13:00 UTC" in told
    assert "goes to port-community-api as one of 2 gathered for 2026-11-02T13:00 UTC" in told


def test_a_period_without_documents_sends_nothing(desk: Desk) -> None:
    gathers(desk)
    take(desk, 1)
    desk.now = NOON + 5 * HOUR
    desk.work()
    desk.now += 5 * HOUR
    desk.work()
    assert len(desk.inbox(COMMUNITY)) == 1
    assert desk.store.lease([Work.GATHER], desk.now + 100 * HOUR, 60, "other", 10) == []


def periods(desk: Desk, missed: Missed) -> list[list[str]]:
    """Take documents in over three periods whose ends nobody does, and return what goes when somebody does."""
    gathers(desk, missed)
    for number in (1, 2, 3):
        desk.now = NOON + number * HOUR
        accepted = manifest().replace(FIRST, b"BA26-042E-%02d" % number)
        reference = accepted.split(b"'")[1 if accepted.startswith(b"UNA") else 0].split(b"+")[5]
        desk.accept(accepted.replace(reference, b"%s%02d" % (reference[:-2], number)))
    desk.now = NOON + 10 * HOUR
    desk.work()
    return sorted(filed(content) for content in desk.inbox(COMMUNITY))


def test_of_several_missed_periods_all_that_was_gathered_goes_once(desk: Desk) -> None:
    assert periods(desk, Missed.ONCE) == [named(1, 2, 3)]


def test_of_several_missed_periods_each_goes_by_itself_where_that_is_agreed(desk: Desk) -> None:
    assert periods(desk, Missed.ALL) == [named(1), named(2), named(3)]


def test_a_worker_that_dies_before_the_commit_loses_and_doubles_nothing(desk: Desk) -> None:
    gathers(desk)
    take(desk, 1, 2)
    desk.now = NOON + HOUR
    (item,) = desk.store.lease([Work.GATHER], desk.now, 60, "dies")
    lost = desk.processor.gather(item.subject, desk.now)
    assert len(lost.deliveries) == 1
    desk.now += timedelta(minutes=2)  # its lease ends
    desk.work()
    assert [filed(content) for content in desk.inbox(COMMUNITY)] == [named(1, 2)]
    assert not desk.store.complete(item, lost)  # it comes back to life
    desk.now += HOUR
    desk.work()
    assert len(desk.inbox(COMMUNITY)) == 1


def test_a_time_that_is_done_again_by_two_makes_the_same_delivery(desk: Desk) -> None:
    gathers(desk)
    take(desk, 1, 2)
    subject = "manifests|CargoReport to port-community-api as edifact CUSCAR D16A|2026-11-02T13:00:00+00:00"
    one, other = (desk.processor.gather(subject, NOON + HOUR + late * HOUR / 4) for late in (0, 1))
    assert one.deliveries == other.deliveries


def test_a_document_that_is_noted_while_its_time_is_done_goes_a_minute_later(desk: Desk) -> None:
    gathers(desk)
    take(desk, 1)
    desk.now = NOON + HOUR
    (item,) = desk.store.lease([Work.GATHER], desk.now, 60, "slow")
    result = desk.processor.gather(item.subject, desk.now)
    desk.now = NOON + timedelta(minutes=59)
    take(desk, 2)  # is for 13:00 too, whose item is taken
    desk.now = NOON + HOUR
    assert desk.store.complete(item, result)
    desk.work()
    desk.now += timedelta(minutes=2)
    desk.work()
    assert sorted(filed(content) for content in desk.inbox(COMMUNITY)) == [named(1), named(2)]


def test_what_cannot_be_written_holds_up_none_of_the_others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    body = Standards.body

    def but_the_second(self: Standards, document: Part, wanted: MessageType) -> Written:
        if getattr(document, "reference", "") == "BA26-042E-02" and wanted.standard == "edifact":
            raise EncodeError("no word for it")
        return body(self, document, wanted)

    monkeypatch.setattr(Standards, "body", but_the_second)
    gathers(desk)
    take(desk, 1, 2, 3)
    desk.now = NOON + HOUR
    desk.work()
    assert [filed(content) for content in desk.inbox(COMMUNITY)] == [named(1, 3)]
    assert "PH-2102" in desk.codes("arrival-002")
    assert "dead letter: cannot be written" in desk.told("arrival-002")


def test_what_may_not_be_sent_with_anything_left_out_holds_up_none_of_the_others(desk: Desk) -> None:
    gathers(desk)
    desk.route("manifests", COMMUNITY, type=MessageType("edifact", "CUSCAR", "D95B", "UN"))
    desk.judge("manifests", "PH-2101", Severity.ERROR)
    take(desk, 1)
    city = b"NAD+CN+++EXAMPLE IMPORTS B.V.+VOORBEELDKADE 12+ROTTERDAM+ZH:ZZZ:ZZZ+3011 AA+NL'"
    content = manifest("minimal").replace(b"NAD+CN++EXAMPLE IMPORTS B.V.'", city)
    desk.take(content.replace(b"CUSCAR:D:95B", b"CUSCAR:D:11A"))
    desk.now = NOON + HOUR
    desk.work()
    assert [filed(content) for content in desk.inbox(COMMUNITY)] == [named(1)]
    found = [one.finding for one in desk.store.findings(arrival="arrival-002")]
    assert {one.code for one in found if one.severity is Severity.ERROR} == {"PH-2101", "PH-2102"}


def test_a_route_that_is_gone_leaves_what_it_gathered_to_a_person(desk: Desk) -> None:
    gathers(desk)
    take(desk, 1)
    desk.route("manifests", COMMUNITY, gathers=None)
    for _ in range(8):
        desk.now += HOUR
        desk.work()
    (letter,) = desk.store.dead_letters()
    assert "no longer gathers CargoReport to port-community-api" in letter.reason
    assert desk.inbox(COMMUNITY) == []


def test_what_waits_to_be_gathered_is_not_purged(desk: Desk) -> None:
    gathers(desk)
    take(desk, 1)
    years: Any = timedelta(days=4000)
    assert desk.store.purge({}, desk.now + years, desk.now, "test").arrivals == 0
