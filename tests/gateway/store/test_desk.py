from __future__ import annotations

import pytest
from outgoing import MINUTE, Office, made

from gateway.model.acknowledgment import Layer
from gateway.model.journal import Event, Expectation, NewWork, Work
from gateway.model.stages import Outcome

WHY = "their server was replaced"


def told(office: Office, id_: str) -> Event:
    """The last thing that a person did."""
    return [event for event in office.store.timeline(id_) if event.who][-1]


def test_a_retry_sends_the_same_key_and_says_who_and_why(office: Office) -> None:
    office.give(made("d1"))
    office.round(Outcome.REFUSED)
    assert office.store.retry("d1", office.now, "ann", WHY)
    event = told(office, "d1")
    assert (event.text, event.who, event.why, event.at) == ("queued again with the same key", "ann", WHY, office.now)
    assert office.round(Outcome.DELIVERED) == ["d1"]
    assert not office.store.retry("d1", office.now, "ann", WHY)


@pytest.mark.parametrize("outcome", [Outcome.DELIVERED, Outcome.REFUSED])
def test_a_resend_is_a_new_delivery_of_the_same_bytes_that_names_the_old(office: Office, outcome: Outcome) -> None:
    office.give(made("d1", references=(("interchange", "R1"),)))
    assert office.store.resend("d1", office.now, "ann", WHY) is None, "it is still to go"
    office.round(outcome)
    assert office.store.resend("d1", office.now, "ann", WHY) == "d1.r1"
    new, old = office.store.delivery("d1.r1"), office.store.delivery("d1")
    assert new is not None
    assert old is not None
    assert (new.delivery.key, new.delivery.content, new.delivery.resends) == ("key-d1.r1", b"x", "d1")
    assert new.delivery.references == (("interchange", "R1"),)
    assert old.state == ("delivered" if outcome is Outcome.DELIVERED else "abandoned")
    assert (told(office, "d1").who, told(office, "d1.r1").why) == ("ann", WHY)
    assert office.round(Outcome.DELIVERED) == ["d1.r1"]
    assert office.store.resend("d1", office.now, "ann", WHY) == "d1.r2"


def test_what_is_awaited_of_a_delivery_is_awaited_of_the_one_that_goes_again(office: Office) -> None:
    due = office.now + 60 * MINUTE
    office.give(made("d1"), expected=[Expectation("d1", Layer.FUNCTION, due)])
    office.round(Outcome.DELIVERED)
    office.now += 90 * MINUTE
    (late,) = office.store.awaited(office.now, overdue=True)
    assert (late.delivery, late.due_at) == ("d1", due)
    office.store.resend("d1", office.now, "ann", WHY)
    assert office.store.awaited(office.now, overdue=True) == []
    (awaited,) = office.store.awaited(office.now)
    assert (awaited.delivery, awaited.due_at) == ("d1.r1", office.now + 60 * MINUTE)


def test_an_abandoned_delivery_is_not_sent_by_whoever_has_it_leased(office: Office) -> None:
    office.give(made("d1"), made("d2"))
    first, second = office.lease()
    assert office.store.abandon("d1", office.now, "ann", WHY)
    assert office.begin(first) is None
    assert office.begin(second) is not None
    assert not office.store.abandon("d2", office.now, "ann", WHY), "it is on the wire"
    assert (office.state("d1"), told(office, "d1").text) == ("abandoned", "abandoned")
    assert office.store.dead_letters() == []


def test_nothing_is_done_to_what_is_not_there(office: Office) -> None:
    for act in (office.store.retry, office.store.abandon, office.store.skip, office.store.resend):
        assert not act("nothing", office.now, "ann", WHY)


def test_processing_that_is_queued_again_says_who_and_why(office: Office) -> None:
    office.give()
    (arrival,) = [one.id for one in office.store.recent()]
    office.store.enqueue([NewWork(Work.PROCESS, arrival, office.now)])
    (item,) = office.store.lease([Work.PROCESS], office.now, 60, "w")
    assert office.store.fail(item, "a map is wrong", office.now)
    (letter,) = office.store.dead_letters()
    assert office.store.revive(int(letter.id), office.now + MINUTE, "ann", WHY)
    assert (told(office, arrival).who, told(office, arrival).why) == ("ann", WHY)
