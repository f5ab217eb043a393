"""An arrival from its bytes to what goes out, on a real store and real folders."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from desk import AGENCY, COMMUNITY, CUSTOMS, LINE, Desk, answer, manifest, said, sample

from gateway.model.finding import Severity
from gateway.model.journal import DocumentRecord
from gateway.model.stages import MessageType
from gateway.plugin import Accepted
from gateway.routing.agreement import TypeRange


def documents(desk: Desk, arrival: str) -> list[DocumentRecord]:
    return desk.store.documents(arrival=arrival)


# accepted and rejected


def test_an_accepted_manifest_goes_to_customs_and_the_port_and_is_acknowledged(desk: Desk) -> None:
    arrival = desk.take(manifest())
    assert desk.state(arrival) == "accepted"
    assert desk.codes(arrival) == set()
    sent = desk.sent(arrival)
    assert {endpoint: [one.state for one in found] for endpoint, found in sent.items()} == {
        LINE: ["delivered"],
        CUSTOMS: ["delivered"],
        COMMUNITY: ["delivered"],
        AGENCY: ["queued"],
    }
    assert b"UCI+BA000001+BLUEANCHOR:ZZ+EXCUSTOMS:ZZ+7'" in sent[LINE][0].delivery.content
    assert b"<FunctionalReferenceID>BA26-042E-01<" in sent[CUSTOMS][0].delivery.content
    assert b"CUSCAR:D:16A:UN'" in sent[COMMUNITY][0].delivery.content
    for endpoint in (LINE, CUSTOMS, COMMUNITY):
        assert desk.inbox(endpoint) == [one.delivery.content for one in sent[endpoint]]
    assert desk.inbox(AGENCY) == []  # its copy waits for the ship


def test_what_an_accepted_manifest_says_is_found_again_by_its_business_keys(desk: Desk) -> None:
    arrival = desk.take(manifest())
    for kind, value in (("bill", "BANU26000418"), ("container", "BANU1000029"), ("lrn", "BA26-042E-01")):
        assert {hit.id for hit in desk.store.find(kind, value)} >= {f"{arrival}.1"}
    filing = desk.store.filing("blue-anchor/BA26-042E-01")
    assert filing is not None
    assert (said(filing), filing.version, filing.bills[0]) == ("sent", 1, "BANU26000417")


def test_a_syntax_error_rejects_by_contrl_at_its_place_and_sends_nothing_on(desk: Desk) -> None:
    arrival = desk.take(manifest("wrong-unt-count"))
    assert desk.state(arrival) == "rejected"
    (acknowledgment,) = desk.store.deliveries(arrival=arrival, kind="acknowledgment")
    assert b"UCM+1+CUSCAR:D:95B:UN+4+29+UNT+2'" in acknowledgment.delivery.content
    assert desk.inbox(CUSTOMS) == desk.inbox(COMMUNITY) == []


def test_a_broken_rule_is_told_as_customs_would_at_the_senders_segment(desk: Desk) -> None:
    arrival = desk.take(manifest("wrong-check-digit"))
    assert (desk.state(arrival), desk.codes(arrival)) == ("rejected", {"PH-1002"})
    contrl, cusres = sorted((one.delivery for one in desk.sent(arrival)[LINE]), key=lambda one: one.kind)
    assert b"UCI+BA000302+BLUEANCHOR:ZZ+EXCUSTOMS:ZZ+7'" in contrl.content
    assert re.search(rb"BGM\+963\+[0-9A-F]{14}\+27'", cusres.content)
    assert b"RFF+ABO:BA26-302E-01'" in cusres.content
    assert b"ERP+2:3:1+EQD:11'" in cusres.content
    assert b"ERC+PH-1002::ZZZ'" in cusres.content
    assert desk.inbox(CUSTOMS) == []
    filing = desk.store.filing("blue-anchor/BA26-302E-01")
    assert filing is not None
    assert said(filing) == "rejected"


def test_remarks_alone_reject_nothing_and_are_kept(desk: Desk) -> None:
    arrival = desk.take(manifest("unmapped-segments"))
    assert (desk.state(arrival), desk.codes(arrival)) == ("accepted", {"PH-2001"})
    assert all(record.document == f"{arrival}.1" for record in desk.store.findings(arrival=arrival))
    assert len(desk.inbox(CUSTOMS)) == 1


# several messages, several interchanges


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"BANU26300005", b"BANU26300005:" + b"X" * 40), (b"CNT+11:300'", b"CNT+11:301'")],
    ids=["syntax", "rule"],
)
def test_one_bad_message_holds_up_none_of_the_others(desk: Desk, old: bytes, new: bytes) -> None:
    before, second, after = manifest("ung-groups").partition(b"UNH+2+")
    second_message, unt, rest = after.partition(b"UNT+")
    content = before + second + second_message.replace(old, new, 1) + unt + rest
    arrival = desk.take(content)
    assert desk.state(arrival) == "partly accepted"
    assert [(one.reference, one.accepted) for one in documents(desk, arrival)] == [
        ("1", True),
        ("2", False),
        ("3", True),
    ]
    for endpoint in (CUSTOMS, COMMUNITY):
        assert [one.delivery.document for one in desk.sent(arrival)[endpoint]] == [f"{arrival}.1", f"{arrival}.3"]
    assert len(desk.inbox(CUSTOMS)) == 2


def test_contrl_names_the_bad_message_alone(desk: Desk) -> None:
    content = manifest("ung-groups").replace(b"UNT+30+2'", b"UNT+31+2'")
    (acknowledgment,) = desk.store.deliveries(arrival=desk.take(content), kind="acknowledgment")
    text = acknowledgment.delivery.content
    assert b"UCI+BA000318+BLUEANCHOR:ZZ+EXCUSTOMS:ZZ+7'" in text
    assert text.count(b"UCM+") == 1
    assert b"UCM+2+CUSCAR:D:95B:UN+4+29+UNT+2'" in text


def test_each_interchange_of_a_file_is_acknowledged_and_a_bad_one_holds_up_none_of_the_others(desk: Desk) -> None:
    arrival = desk.take(manifest("two-interchanges").replace(b"UNZ+2+BA000314'", b"UNZ+3+BA000314'"))
    assert desk.state(arrival) == "partly accepted"
    first, second = (one.delivery.content for one in desk.store.deliveries(arrival=arrival, kind="acknowledgment"))
    assert b"UCI+BA000313+BLUEANCHOR:ZZ+EXCUSTOMS:ZZ+7'" in first
    assert b"UCI+BA000314+BLUEANCHOR:ZZ+EXCUSTOMS:ZZ+4+29+UNZ+2'" in second
    assert [one.delivery.document for one in desk.sent(arrival)[CUSTOMS]] == [f"{arrival}.1"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (
            b"BLUEANCHOR:ZZ+EXCUSTOMS:ZZ+261102:0815+BA000314",
            b"NOBODY:ZZ+EXCUSTOMS:ZZ+261102:0815+BA000314",
            "23+UNB+3:1",
        ),
        (b"EXCUSTOMS:ZZ+261102:0815+BA000314", b"ELSEWHERE:ZZ+261102:0815+BA000314", "7+UNB+4:1"),
        (b"BA000314++CUSCAR'", b"BA000314++CUSCAR++++1'", "25+UNB+12"),
        (b"UNH+2+CUSCAR:D:95B", b"UNH+2+IFTMIN:D:95B", "17+UNB"),
    ],
    ids=["sender", "recipient", "test indicator", "message type"],
)
def test_a_further_interchange_that_no_agreement_covers_is_refused_by_itself(
    desk: Desk, old: bytes, new: bytes, code: str
) -> None:
    arrival = desk.take(manifest("two-interchanges").replace(old, new))
    assert desk.state(arrival) == "partly accepted"
    assert code.partition("+")[0] in desk.codes(arrival)
    _, second = (one.delivery.content for one in desk.store.deliveries(arrival=arrival, kind="acknowledgment"))
    assert f"+4+{code}'".encode() in second
    assert [one.delivery.document for one in desk.sent(arrival)[CUSTOMS]] == [f"{arrival}.1"]


# refused as a whole


def test_bytes_of_no_standard_are_kept_with_the_reason(desk: Desk) -> None:
    arrival = desk.take(b"\x89PNG no message")
    assert (desk.state(arrival), desk.codes(arrival)) == ("not recognised", {"PH-0001"})
    assert desk.sent(arrival) == {}


def test_a_directory_that_nobody_agreed_to_is_refused_with_the_reason(desk: Desk) -> None:
    arrival = desk.take(manifest("unknown-directory"))
    assert (desk.state(arrival), desk.codes(arrival)) == ("no agreement", {"17"})
    assert "takes edifact CUSCAR D95B..D24A, not CUSCAR D90Z" in desk.told(arrival)


def test_a_document_that_no_profile_knows_is_rejected(desk: Desk) -> None:
    arrival = desk.take(sample("wco/cargo-report/unknown-document.xml"), "customs")
    assert (desk.state(arrival), desk.codes(arrival)) == ("rejected", {"PH-3101"})


def test_a_message_that_is_agreed_and_that_no_map_reads_is_rejected_with_the_reason(desk: Desk) -> None:
    agreements = [
        replace(one, accepts=(*one.accepts, TypeRange("edifact", "CUSCAR"))) if one.id == "manifests" else one
        for one in desk.processor.agreements
    ]
    desk.runner.processor = replace(desk.processor, agreements=agreements)
    arrival = desk.take(manifest("unknown-directory"))
    assert (desk.state(arrival), desk.codes(arrival)) == ("rejected", {"PH-EDI-4", "PH-4003"})
    assert set(desk.sent(arrival)) == {LINE}


# repeats


def test_a_duplicate_gets_the_same_acknowledgment_again_byte_for_byte_and_nothing_else(desk: Desk) -> None:
    first = desk.take(manifest())
    before = {endpoint: desk.inbox(endpoint) for endpoint in (LINE, CUSTOMS, COMMUNITY)}
    again = desk.accept(manifest())
    assert (again.duplicate, again.conflict) == (True, False)
    desk.work()
    assert desk.inbox(LINE) == before[LINE] * 2
    assert desk.inbox(CUSTOMS) == before[CUSTOMS]
    assert desk.inbox(COMMUNITY) == before[COMMUNITY]
    assert f"duplicate of {first}" in desk.told(first)
    assert len(desk.store.documents(arrival=first)) == 1


def test_a_duplicate_of_what_is_not_processed_yet_waits_for_it(desk: Desk) -> None:
    desk.accept(manifest())
    desk.accept(manifest())
    desk.work()
    desk.now = desk.now.replace(hour=13)
    desk.work()
    assert len(desk.inbox(LINE)) == 2
    assert len(set(desk.inbox(LINE))) == 1
    assert len(desk.inbox(CUSTOMS)) == 1


def test_a_duplicate_of_a_rejected_manifest_is_answered_by_the_same_rejection(desk: Desk) -> None:
    arrival = desk.take(manifest("wrong-unt-count"))
    (rejection,) = desk.store.deliveries(arrival=arrival, kind="acknowledgment")
    before = desk.inbox(LINE)
    desk.take(manifest("wrong-unt-count"))
    assert sorted(desk.inbox(LINE)) == sorted([*before, rejection.delivery.content])


def test_other_content_under_a_used_reference_is_refused_with_26(desk: Desk) -> None:
    desk.take(manifest())
    before = desk.inbox(CUSTOMS)
    accepted: Accepted = desk.accept(manifest().replace(b"GLAZED", b"MATTED"))
    assert accepted.conflict
    desk.work()
    assert (desk.state(accepted.id), desk.codes(accepted.id)) == ("conflict", {"26"})
    (delivery,) = desk.sent(accepted.id)[LINE]
    assert b"UCI+BA000001+BLUEANCHOR:ZZ+EXCUSTOMS:ZZ+4+26+UNB'" in delivery.delivery.content
    assert desk.inbox(CUSTOMS) == before


def test_processing_an_arrival_twice_gives_the_same_ids_references_and_bytes(desk: Desk) -> None:
    arrival = desk.arrival(manifest("two-interchanges"))
    first = desk.processor.process(arrival, desk.now)
    second = desk.processor.process(arrival, desk.now.replace(hour=23))
    assert len(first.deliveries) == 11
    assert first.deliveries == second.deliveries
    assert first.documents == second.documents
    assert first.references == second.references
    assert first.findings == second.findings
    assert first.expectations == second.expectations


def test_a_step_done_again_delivers_nothing_twice(desk: Desk) -> None:
    accepted = desk.accept(manifest())
    (item,) = desk.store.lease(["process"], desk.now, 60.0, "lost")
    stored = desk.store.arrival(accepted.id)
    assert stored is not None
    result = desk.processor.process(stored.arrival, desk.now)  # and the worker dies before it can commit
    desk.now = desk.now.replace(hour=14)
    desk.work()
    assert desk.store.complete(item, result) is False
    desk.work()
    assert [len(desk.inbox(endpoint)) for endpoint in (LINE, CUSTOMS, COMMUNITY)] == [1, 1, 1]
    stored = {one.delivery for found in desk.sent(accepted.id).values() for one in found}
    assert stored == {replace(delivery, awaits=None) for delivery in result.deliveries}


# faults of ours


def test_an_output_that_no_map_can_write_is_a_dead_letter_and_blocks_nobody(desk: Desk) -> None:
    desk.route("manifests", COMMUNITY, type=MessageType("edifact", "DESTIM", "D95B", "UN"))
    arrival = desk.take(manifest())
    assert desk.state(arrival) == "accepted"
    assert set(desk.sent(arrival)) == {LINE, CUSTOMS, AGENCY}
    (finding,) = (record.finding for record in desk.store.findings(arrival=arrival))
    assert finding.code == "PH-2102"
    assert finding.text == f"cannot be written for {COMMUNITY}: no map writes edifact DESTIM D95B"
    assert finding.remedy
    assert "dead letter: cannot be written for port-community-api" in desk.told(arrival)


@pytest.mark.parametrize("severity", [Severity.NOTE, Severity.WARNING, Severity.ERROR])
def test_whether_anything_may_be_left_out_is_for_the_agreement_to_say(desk: Desk, severity: Severity) -> None:
    desk.judge("manifests", "PH-2101", severity)
    desk.route("manifests", COMMUNITY, type=MessageType("edifact", "CUSCAR", "D95B", "UN"))
    named = b"NAD+CN+++EXAMPLE IMPORTS B.V.+VOORBEELDKADE 12+ROTTERDAM+ZH:ZZZ:ZZZ+3011 AA+NL'"
    content = manifest("minimal").replace(b"NAD+CN++EXAMPLE IMPORTS B.V.'", named)
    arrival = desk.take(content.replace(b"CUSCAR:D:95B", b"CUSCAR:D:11A"))
    assert desk.state(arrival) == "accepted"
    found = [one.finding for one in desk.store.findings(arrival=arrival)]
    field = "consignments[0].consignee.address.subdivision"
    lost = [(one.path, one.severity) for one in found if one.code == "PH-2101" and "CUSCAR D95B" in one.text]
    assert lost == [(f"{field}.list", severity), (f"{field}.agency", severity)]
    refused = [one.text for one in found if one.code == "PH-2102"]
    if severity is not Severity.ERROR:
        assert (len(desk.inbox(COMMUNITY)), refused) == (1, [])
        return
    why = "2 values would be left out, and the agreement refuses that (PH-2101)"
    assert (desk.inbox(COMMUNITY), refused) == ([], [f"cannot be written for {COMMUNITY}: {why}"])
    assert f"dead letter: cannot be written for {COMMUNITY}" in desk.told(arrival)
    assert len(desk.inbox(CUSTOMS)) == 1


def test_a_route_to_another_document_is_a_dead_letter_with_what_the_map_writes(desk: Desk) -> None:
    desk.route("manifests", CUSTOMS, type=MessageType("wco", "response", "1", association="pierhead"))
    arrival = desk.take(manifest())
    assert set(desk.sent(arrival)) == {LINE, COMMUNITY, AGENCY}
    assert "map wco/response/1 writes a CustomsResponse, not a CargoReport" in desk.told(arrival)


def test_an_accepted_document_without_a_route_is_told(desk: Desk) -> None:
    agreements = [replace(one, routes=()) if one.id == "manifests" else one for one in desk.processor.agreements]
    desk.runner.processor = replace(desk.processor, agreements=agreements)
    arrival = desk.take(manifest())
    assert desk.codes(arrival) == {"PH-4002"}
    assert "dead letter, no route" in desk.told(arrival)


def test_a_step_that_fails_by_a_bug_is_left_for_a_person_after_some_attempts_and_blocks_nobody(desk: Desk) -> None:
    whole = desk.processor
    desk.route("manifests", COMMUNITY, trigger=None)  # which nothing in the site could say: a bug of ours
    broken = desk.accept(manifest())
    other = desk.accept(answer("NEVER-SENT"), "customs")
    for _ in range(6):
        desk.work()
        desk.now += timedelta(minutes=5)
    assert desk.state(other.id) == "accepted"
    assert desk.state(broken.id) == "dead"
    (letter,) = desk.store.dead_letters()
    assert (letter.kind, letter.subject, letter.reason) == ("work", broken.id, "AttributeError")
    assert "dead letter after attempt 5: AttributeError" in desk.told(broken.id)
    assert len(desk.errors) == 5
    assert [desk.inbox(endpoint) for endpoint in (LINE, CUSTOMS, COMMUNITY)] == [[], [], []]

    desk.runner.processor = whole  # put right, and tried again on a person's word
    assert desk.store.revive(int(letter.id), desk.now)
    desk.work()
    assert desk.state(broken.id) == "accepted"
    assert [len(desk.inbox(endpoint)) for endpoint in (LINE, CUSTOMS, COMMUNITY)] == [1, 1, 1]


def test_a_delivery_to_an_endpoint_that_is_gone_is_a_dead_letter_and_the_others_go_out(desk: Desk) -> None:
    desk.runner.transports = {name: one for name, one in desk.runner.transports.items() if name != COMMUNITY}
    arrival = desk.take(manifest())
    assert {endpoint: found[0].state for endpoint, found in desk.sent(arrival).items()} == {
        LINE: "delivered",
        CUSTOMS: "delivered",
        COMMUNITY: "dead",
        AGENCY: "queued",
    }
    (letter,) = desk.store.dead_letters()
    assert letter.reason.endswith(f"there is no endpoint {COMMUNITY} in this site any more")
