"""What came before, told apart by the keys and the window of the agreement, on a real store and real folders."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from desk import CUSTOMS, LINE, Desk, answer, fault, manifest

from gateway.model.conventions import Conventions
from gateway.model.journal import ProcessingResult
from gateway.model.stages import Arrival
from gateway.routing import Duplicates

BOTH = manifest("two-interchanges")
FIRST = BOTH[: BOTH.index(b"UNA", 3)]
SECOND = BOTH[BOTH.index(b"UNA", 3) :]
DAY = timedelta(days=1)


def agree(desk: Desk, terms: Duplicates) -> None:
    """Change what the manifests' agreement says of duplicates, as a site's owner would."""
    agreements = [replace(one, duplicates=terms) if one.id == "manifests" else one for one in desk.processor.agreements]
    desk.runner.processor = replace(desk.processor, agreements=agreements)


def contrls(desk: Desk, arrival: str) -> list[bytes]:
    return [one.delivery.content for one in desk.store.deliveries(arrival=arrival, kind="acknowledgment")]


def to_customs(desk: Desk, arrival: str) -> list[str | None]:
    return [one.delivery.document for one in desk.sent(arrival).get(CUSTOMS, [])]


# several interchanges in one arrival


def test_an_interchange_that_came_before_is_answered_again_and_the_other_one_goes_on(desk: Desk) -> None:
    before = desk.take(SECOND)
    arrival = desk.accept(BOTH)
    assert (arrival.duplicate, arrival.conflict) == (False, False)
    desk.work()
    assert desk.state(arrival.id) == "accepted"
    first, second = contrls(desk, arrival.id)
    assert b"UCI+BA000313" in first
    assert second == contrls(desk, before)[0]
    assert to_customs(desk, arrival.id) == [f"{arrival.id}.1"]
    assert len(desk.inbox(CUSTOMS)) == 3
    assert f"interchange BA000314 came before in {before}" in desk.told(arrival.id)


def test_the_first_of_several_may_be_the_one_that_came_before(desk: Desk) -> None:
    before = desk.take(FIRST)
    arrival = desk.take(BOTH)
    assert arrival != before
    first, second = contrls(desk, arrival)
    assert first == contrls(desk, before)[0]
    assert b"UCI+BA000314+BLUEANCHOR:ZZ+EXCUSTOMS:ZZ+7'" in second
    assert to_customs(desk, arrival) == [f"{arrival}.2", f"{arrival}.3"]


@pytest.mark.parametrize(
    ("came", "fresh", "used"), [(FIRST, b"BA000314", b"BA000313"), (SECOND, b"BA000313", b"BA000314")]
)
def test_other_bytes_under_a_used_reference_are_refused_with_26_and_the_other_interchange_goes_on(
    desk: Desk, came: bytes, fresh: bytes, used: bytes
) -> None:
    desk.take(came.replace(b"GLAZED", b"MATTED"))
    filings = {lrn: desk.store.filing_by_lrn("blue-anchor", lrn) for lrn in ("BA26-313E-01", "BA26-314E-01")}
    arrival = desk.take(BOTH)
    assert (desk.state(arrival), desk.codes(arrival)) == ("partly accepted", {"26"})
    told = {content.partition(b"UCI+")[2][:8]: content for content in contrls(desk, arrival)}
    assert b"+4+26+UNB'" in told[used]
    assert b"ZZ+7'" in told[fresh]
    assert all(document and document.accepted for document in desk.store.documents(arrival=arrival))
    for lrn, filing in filings.items():  # a refused repeat changes nothing of what was filed before
        assert filing is None or desk.store.filing_by_lrn("blue-anchor", lrn) == filing


def test_each_interchange_of_an_arrival_is_known_when_it_comes_again_by_itself(desk: Desk) -> None:
    arrival = desk.take(BOTH)
    for number, content in enumerate([FIRST, SECOND], 1):
        before = desk.inbox(LINE)
        again = desk.accept(content)
        assert (again.id, again.duplicate) == (arrival, True)
        desk.work()
        (repeated,) = list_difference(desk.inbox(LINE), before)
        assert repeated == contrls(desk, arrival)[number - 1]
        assert desk.accept(content.replace(b"GLAZED", b"MATTED")).conflict
        desk.work()
    assert len(desk.inbox(CUSTOMS)) == 3


def list_difference(after: list[bytes], before: list[bytes]) -> list[bytes]:
    """What came on top."""
    rest = list(after)
    for one in before:
        rest.remove(one)
    return rest


def test_the_same_file_again_is_a_duplicate_as_a_whole_with_each_acknowledgment_again(desk: Desk) -> None:
    desk.take(BOTH)
    before = desk.inbox(LINE)
    again = desk.accept(BOTH)
    assert again.duplicate
    desk.work()
    assert sorted(desk.inbox(LINE)) == sorted(before * 2)
    assert len(desk.inbox(CUSTOMS)) == 3


def test_the_same_interchanges_in_another_order_are_all_repeats(desk: Desk) -> None:
    desk.take(BOTH)
    before = desk.inbox(LINE)
    arrival = desk.take(SECOND + FIRST)
    assert desk.state(arrival) == "duplicate"
    assert sorted(desk.inbox(LINE)) == sorted(before * 2)
    assert desk.store.documents(arrival=arrival) == []
    assert len(desk.inbox(CUSTOMS)) == 3


def test_an_interchange_that_stands_twice_in_an_arrival_is_processed_once(desk: Desk) -> None:
    arrival = desk.take(FIRST + FIRST)
    assert desk.state(arrival) == "accepted"
    assert len(desk.inbox(LINE)) == len(desk.inbox(CUSTOMS)) == 1
    assert "stands twice" in desk.told(arrival)


def test_a_reference_that_stands_twice_for_different_things_is_refused_the_second_time(desk: Desk) -> None:
    arrival = desk.take(FIRST + FIRST.replace(b"GLAZED", b"MATTED"))
    assert (desk.state(arrival), desk.codes(arrival)) == ("partly accepted", {"26"})
    assert len(desk.inbox(CUSTOMS)) == 1


def test_an_arrival_waits_for_the_one_that_it_repeats_in_part(desk: Desk) -> None:
    desk.accept(SECOND)
    (held,) = desk.store.lease(["process"], desk.now, 600.0, "slow")
    stored = desk.store.arrival(held.subject)
    assert stored is not None
    arrival = desk.accept(BOTH)
    desk.work()
    assert desk.state(arrival.id) == "recorded"
    assert desk.store.complete(held, done(desk, stored.arrival))
    desk.now += timedelta(minutes=1)
    desk.work()
    assert desk.state(arrival.id) == "accepted"
    assert contrls(desk, arrival.id)[1] == contrls(desk, held.subject)[0]


def done(desk: Desk, arrival: Arrival) -> ProcessingResult:
    """What processing an arrival gives."""
    result = desk.processor.process(arrival, desk.now)
    assert result is not None
    return result


def test_two_arrivals_that_hold_the_same_two_interchanges_never_wait_for_each_other(desk: Desk) -> None:
    one, other = desk.accept(BOTH), desk.accept(SECOND + FIRST)
    arrivals = [desk.store.arrival(accepted.id) for accepted in (one, other)]
    results: dict[str, ProcessingResult | None] = {}
    start = threading.Barrier(2)

    def process(arrival: Arrival) -> None:
        start.wait()
        results[arrival.id] = desk.processor.process(arrival, desk.now)

    threads = [threading.Thread(target=process, args=(stored.arrival,)) for stored in arrivals if stored]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result is None for result in results.values()].count(False) == 1, "one has all keys, one waits"
    desk.work()
    desk.now += timedelta(minutes=1)
    desk.work()
    assert sorted(desk.state(accepted.id) for accepted in (one, other)) == ["accepted", "duplicate"]
    assert len(desk.inbox(CUSTOMS)) == 3
    assert len(desk.inbox(LINE)) == 4


def test_white_space_around_an_interchange_makes_it_no_other_one(desk: Desk) -> None:
    desk.take(FIRST)
    assert desk.accept(b"\r\n" + FIRST.rstrip() + b"\r\n\r\n").duplicate


# the window


def test_outside_the_window_a_used_reference_is_new_again(desk: Desk) -> None:
    agree(desk, Duplicates(within=90 * DAY))
    desk.take(manifest())
    desk.now += 90 * DAY - timedelta(minutes=2)
    other = manifest().replace(b"GLAZED", b"MATTED")
    assert desk.accept(other).conflict
    desk.now += timedelta(minutes=2)
    arrival = desk.accept(other)
    assert (arrival.duplicate, arrival.conflict) == (False, False)
    desk.work()
    assert desk.state(arrival.id) == "accepted"
    assert len(desk.inbox(CUSTOMS)) == 2
    assert desk.accept(other).duplicate


def test_the_window_holds_for_interchanges_inside_a_file_too(desk: Desk) -> None:
    agree(desk, Duplicates(within=90 * DAY))
    desk.take(SECOND)
    desk.now += 91 * DAY
    arrival = desk.take(BOTH)
    assert desk.state(arrival) == "accepted"
    assert len(to_customs(desk, arrival)) == 3


def test_processing_an_old_arrival_again_after_its_reference_was_used_anew_gives_the_same(desk: Desk) -> None:
    agree(desk, Duplicates(within=90 * DAY))
    old = desk.take(manifest())
    desk.now += 91 * DAY
    desk.take(manifest().replace(b"GLAZED", b"MATTED"))
    stored = desk.store.arrival(old)
    assert stored is not None
    result = done(desk, stored.arrival)
    assert result.arrival is not None
    assert result.arrival.state == "accepted"
    made = {replace(delivery, awaits=None) for delivery in result.deliveries}
    assert made == {one.delivery for found in desk.sent(old).values() for one in found}


def test_a_recycled_counter_is_no_repeat_where_the_date_belongs_to_the_key(desk: Desk) -> None:
    next_day = manifest().replace(b"261102:", b"261103:", 1)
    assert next_day != manifest()
    agree(desk, Duplicates(dated=True))
    desk.take(manifest())
    assert not desk.accept(next_day).conflict
    assert desk.accept(manifest()).duplicate
    assert desk.accept(manifest().replace(b"GLAZED", b"MATTED")).conflict


# messages


GROUPS = manifest("ung-groups")


def renewed(content: bytes, reference: bytes) -> bytes:
    return content.replace(b"BA000318", reference)


def test_a_message_that_came_before_is_refused_by_itself_and_the_rest_goes_on(desk: Desk) -> None:
    agree(desk, Duplicates(messages=True))
    desk.take(FIRST)  # holds message 1 alone
    filed = desk.store.filing_by_lrn("blue-anchor", "BA26-313E-01")
    arrival = desk.take(GROUPS)
    assert (desk.state(arrival), desk.codes(arrival)) == ("partly accepted", {"26"})
    (contrl,) = contrls(desk, arrival)
    assert b"UCI+BA000318+BLUEANCHOR:ZZ+EXCUSTOMS:ZZ+7'" in contrl
    assert b"UCM+1+CUSCAR:D:95B:UN+4+26" in contrl
    assert contrl.count(b"UCM+") == 1
    assert to_customs(desk, arrival) == [f"{arrival}.2", f"{arrival}.3"]
    assert desk.store.filing_by_lrn("blue-anchor", "BA26-313E-01") == filed
    assert not any(b"CUSRES" in content for content in desk.inbox(LINE)), "CONTRL has told it"


def test_without_message_keys_references_may_start_anew_in_each_interchange(desk: Desk) -> None:
    desk.take(FIRST)
    assert desk.state(desk.take(GROUPS)) == "accepted"


def test_a_message_that_was_refused_does_not_use_its_reference_up(desk: Desk) -> None:
    agree(desk, Duplicates(messages=True))
    refused = desk.take(GROUPS.replace(b"UNT+30+2'", b"UNT+31+2'"))
    assert desk.codes(refused) == {"29"}
    corrected = desk.take(renewed(GROUPS, b"BA000418"))
    assert [finding.finding.value for finding in desk.store.findings(arrival=corrected)] == ["1", "3"]
    assert to_customs(desk, corrected) == [f"{corrected}.2"]


def test_the_messages_of_a_refused_interchange_do_not_use_their_references_up(desk: Desk) -> None:
    agree(desk, Duplicates(messages=True))
    desk.take(GROUPS.replace(b"UNZ+2+", b"UNZ+3+"))
    assert desk.state(desk.take(renewed(GROUPS, b"BA000418"))) == "accepted"


def test_message_references_are_free_again_after_the_window(desk: Desk) -> None:
    agree(desk, Duplicates(within=30 * DAY, messages=True))
    desk.take(GROUPS)
    desk.now += 31 * DAY
    assert desk.state(desk.take(renewed(GROUPS, b"BA000418"))) == "accepted"


def test_a_step_with_message_keys_done_again_gives_the_same(desk: Desk) -> None:
    agree(desk, Duplicates(messages=True))
    arrival = desk.arrival(GROUPS)
    assert done(desk, arrival) == done(desk, arrival)


# whose a reference is


def test_a_test_message_uses_no_production_reference_up(desk: Desk) -> None:
    manifests = next(one for one in desk.processor.agreements if one.id == "manifests")
    tests = replace(manifests, id="tests", test=True, routes=())
    desk.runner.processor = replace(desk.processor, agreements=[*desk.processor.agreements, tests])
    trial = manifest().replace(b"++CUSCAR'", b"++CUSCAR++++1'")
    assert desk.store.arrival(desk.take(trial)).agreement == "tests"  # type: ignore[union-attr]  # just taken
    real = desk.accept(manifest())
    assert (real.duplicate, real.conflict) == (False, False)
    assert desk.accept(trial).duplicate


def test_nobody_can_use_up_anothers_reference(desk: Desk) -> None:
    forged = manifest().replace(b"GLAZED", b"FORGED")
    assert desk.state(desk.take(forged, "customs")) == "no agreement"
    assert desk.state(desk.take(manifest(), "customs")) == "no agreement"
    assert desk.state(desk.take(BOTH, "customs")) == "no agreement"
    for content in (manifest(), BOTH):
        accepted = desk.accept(content)
        assert (accepted.duplicate, accepted.conflict) == (False, False)
        desk.work()
        assert desk.state(accepted.id) == "accepted"


def test_what_no_agreement_covered_can_be_sent_again_when_one_does(desk: Desk) -> None:
    whole = desk.processor
    desk.runner.processor = replace(whole, agreements=[one for one in whole.agreements if one.id != "manifests"])
    assert desk.state(desk.take(manifest())) == "no agreement"
    assert desk.accept(manifest()).duplicate
    desk.runner.processor = whole
    assert desk.state(desk.take(manifest())) == "accepted"


# conventions


def test_an_agreements_conventions_reach_the_decoder_each_time_an_arrival_is_read(desk: Desk) -> None:
    agreed = Conventions(charset="UNOC", decimal=",", repetition=False, profiles=("smdg",))
    handed: list[Conventions] = []
    standards = desk.processor.standards
    edifact = standards.adapters["edifact"]

    class Listening(type(edifact)):  # type: ignore[misc]  # the real adapter, overheard
        def decode(self, chunks, conventions):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  # as above
            handed.append(conventions)
            return super().decode(chunks, conventions)

    outputs = replace(
        desk.processor.outputs,
        standards=replace(standards, adapters={**standards.adapters, "edifact": Listening()}),
    )
    agreements = [
        replace(one, conventions=agreed) if one.id == "manifests" else one for one in desk.processor.agreements
    ]
    desk.runner.processor = replace(desk.processor, outputs=outputs, agreements=agreements)
    desk.take(manifest())
    assert handed == [agreed]
    desk.take(answer("BA26-042E-01", inside=fault("NO CITY", (1, "42A", ""))), "customs")
    assert handed == [agreed] * 2, "read again to point the answer at the sender's own segments"
