"""What counterparties answer: matched to what was sent, told to whoever filed, at the filer's own segments."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from desk import COMMUNITY, CUSTOMS, LINE, Desk, answer, fault, manifest, status

from gateway.model.acknowledgment import Layer, Verdict

FILING = "blue-anchor/BA26-042E-01"
LRN = "BA26-042E-01"
CITY = ((1, "42A", ""), (2, "28A", ""), (1, "27A", ""), (1, "04A", "241"))
MASS = ((1, "42A", ""), (1, "28A", ""), (2, "29A", ""), (1, "65A", "126"))


def cusres(desk: Desk, arrival: str) -> str:
    """The one CUSRES that an answer of customs became."""
    (delivery,) = desk.sent(arrival)[LINE]
    return delivery.delivery.content.decode()


def filing_state(desk: Desk, id_: str = FILING) -> tuple[str, str, bool]:
    found = desk.store.filing(id_)
    assert found is not None
    return found.state, found.mrn, found.hold


def test_an_answer_by_lrn_goes_to_the_filer_as_cusres(desk: Desk) -> None:
    filed = desk.take(manifest())
    arrival = desk.take(answer(LRN, mrn="26EX0001"), "customs")
    assert desk.state(arrival) == "accepted"
    text = cusres(desk, arrival)
    assert "UNB+UNOC:3+EXCUSTOMS:ZZ+BLUEANCHOR:ZZ+" in text
    assert "BGM++EXR-1+29'" in text
    assert f"RFF+ABO:{LRN}'" in text
    assert "RFF+ABT:26EX0001'" in text
    assert filing_state(desk) == ("registered", "26EX0001", False)
    (said,) = desk.store.acknowledgments(delivery=f"{filed}.1.1")
    assert (said.layer, said.verdict, said.arrival) == (Layer.FUNCTION, Verdict.ACCEPTED, arrival)


def test_an_answer_by_mrn_alone_is_matched_by_what_customs_registered(desk: Desk) -> None:
    desk.take(manifest())
    desk.take(answer(LRN, mrn="26EX0001"), "customs")
    arrival = desk.take(answer("", "27", mrn="26EX0001", reference="EXR-2"), "customs")
    assert "BGM++EXR-2+27'" in cusres(desk, arrival)
    assert filing_state(desk) == ("rejected by customs", "26EX0001", False)


@pytest.mark.parametrize(
    ("name", "steps", "expected"),
    [
        ("consignee-without-city", CITY, "ERP+2:7+NAD:53'"),
        ("full", CITY, "ERP+2:7+NAD:53'"),
        ("full", MASS, "ERP+2:4:2+MEA:40'"),
    ],
    ids=["of what is missing", "of a value", "of a measure"],
)
def test_a_fault_points_at_the_filers_own_segment(
    desk: Desk, name: str, steps: tuple[tuple[int, str, str], ...], expected: str
) -> None:
    content = manifest(name)
    desk.take(content)
    lrn = "BA26-042E-02" if name != "full" else LRN
    arrival = desk.take(answer(lrn, "27", fault("LOOK AT THIS", *steps)), "customs")
    text = cusres(desk, arrival)
    assert expected in text
    tag, _, segment = expected.rpartition("+")[2].strip("'").partition(":")
    message = content[content.index(b"UNH") :].split(b"'")
    assert message[int(segment) - 1].strip().startswith(tag.encode())
    assert "FTX+AAO+++LOOK AT THIS" in text
    assert ("missing?: " in text) is (name != "full")


def test_a_fault_names_the_bill_it_is_about(desk: Desk) -> None:
    desk.take(manifest())
    arrival = desk.take(answer(LRN, "27", fault("HERE", *CITY)), "customs")
    assert "RFF+BM:BANU26000418'" in cusres(desk, arrival)


def test_a_fault_that_points_nowhere_we_know_is_told_without_a_place(desk: Desk) -> None:
    desk.take(manifest())
    arrival = desk.take(answer(LRN, "27", fault("SOMEWHERE", (1, "99Z", ""))), "customs")
    text = cusres(desk, arrival)
    assert "ERC+EX120'" in text
    assert "FTX+AAO+++SOMEWHERE'" in text
    assert "NAD" not in text.partition("ERP")[2]


def test_a_corrected_report_under_the_same_lrn_is_what_a_later_answer_points_into(desk: Desk) -> None:
    desk.take(manifest("consignee-without-city"))
    desk.take(answer("BA26-042E-02", "27", fault("NO CITY", *CITY)), "customs")
    assert filing_state(desk, "blue-anchor/BA26-042E-02")[0] == "rejected by customs"
    corrected = desk.take(manifest("consignee-corrected"))
    arrival = desk.take(answer("BA26-042E-02", "29", mrn="26EX0002", reference="EXR-2"), "customs")
    assert filing_state(desk, "blue-anchor/BA26-042E-02") == ("registered", "26EX0002", False)
    assert desk.store.acknowledgments(delivery=f"{corrected}.1.1")[0].arrival == arrival


# late, early, again


def test_an_answer_that_comes_twice_is_told_once(desk: Desk) -> None:
    desk.take(manifest())
    content = answer(LRN, mrn="26EX0001")
    desk.take(content, "customs")
    before = desk.inbox(LINE)
    again = desk.accept(content, "customs")
    assert again.duplicate
    desk.work()
    assert desk.inbox(LINE) == before


def test_an_answer_long_after_is_matched_all_the_same(desk: Desk) -> None:
    desk.take(manifest())
    desk.now += timedelta(days=40)
    assert [one.layer for one in desk.store.overdue(desk.now)] == [Layer.FUNCTION]
    arrival = desk.take(answer(LRN), "customs")
    assert f"RFF+ABO:{LRN}'" in cusres(desk, arrival)
    assert desk.store.overdue(desk.now) == []


def test_an_answer_to_nothing_is_kept_with_a_finding_and_told_nobody(desk: Desk) -> None:
    arrival = desk.take(answer("NEVER-SENT"), "customs")
    assert desk.codes(arrival) == {"PH-4001"}
    (finding,) = (record.finding for record in desk.store.findings(arrival=arrival))
    assert (finding.value, finding.path) == ("NEVER-SENT", "subject")
    assert desk.sent(arrival) == {}


def test_an_answer_of_somebody_else_than_it_was_sent_to_is_an_answer_to_nothing(desk: Desk) -> None:
    own = desk.processor.outputs
    partners = {**own.partners, CUSTOMS: own.partners[COMMUNITY]}
    desk.runner.processor = replace(desk.processor, outputs=replace(own, partners=partners))
    desk.take(manifest())
    assert desk.codes(desk.take(answer(LRN), "customs")) == {"PH-4001"}


def test_a_hold_lasts_until_customs_lifts_it_whatever_else_is_said(desk: Desk) -> None:
    desk.take(manifest())
    desk.take(answer(LRN, "8", status("7")), "customs")
    assert filing_state(desk)[2] is True
    desk.take(answer(LRN, "29", mrn="26EX0001", reference="EXR-2"), "customs")
    assert filing_state(desk) == ("registered", "26EX0001", True)
    desk.take(answer(LRN, "8", status("4"), reference="EXR-3"), "customs")
    assert filing_state(desk)[2] is False


# syntax acknowledgments of what we sent


def contrl(desk: Desk, filed: str, verdict: str, below: str = "", reference: str = "PCS1") -> bytes:
    """The CONTRL of the port community system for the manifest it was sent."""
    ours = dict(desk.sent(filed)[COMMUNITY][0].delivery.references)["interchange"]
    return (
        f"UNB+UNOC:3+EXPORTPCS:ZZ+PIERHEAD:ZZ+261102:1300+{reference}'UNH+1+CONTRL:D:3:UN'"
        f"UCI+{ours}+PIERHEAD:ZZ+EXPORTPCS:ZZ+{verdict}'{below}UNT+{3 + below.count(chr(39))}+1'UNZ+1+{reference}'"
    ).encode()


@pytest.mark.parametrize(
    ("verdict", "heard"),
    [("7", Verdict.ACCEPTED), ("8", Verdict.RECEIVED), ("4", Verdict.REJECTED)],
    ids=["accepted", "received", "rejected"],
)
def test_a_received_contrl_settles_the_delivery_it_answers(desk: Desk, verdict: str, heard: Verdict) -> None:
    filed = desk.take(manifest())
    arrival = desk.take(contrl(desk, filed, verdict), "port-community")
    assert desk.state(arrival) == "accepted"
    (said,) = desk.store.acknowledgments(delivery=f"{filed}.1.2")
    assert (said.layer, said.verdict, said.arrival) == (Layer.SYNTAX, heard, arrival)
    assert f"{heard} (delivery {filed}.1.2)" in desk.told(arrival)
    assert desk.store.documents(arrival=arrival) == []
    assert desk.sent(arrival) == {}  # a CONTRL is never acknowledged


def test_what_a_contrl_rejects_is_kept_with_its_places(desk: Desk) -> None:
    filed = desk.take(manifest())
    below = "UCM+1+CUSCAR:D:16A:UN+4'UCS+5+16'UCD+39+3:2'"
    arrival = desk.take(contrl(desk, filed, "7", below), "port-community")
    findings = [record.finding for record in desk.store.findings(arrival=arrival)]
    places = [(one.code, one.position.segment, one.position.element) for one in findings]
    assert places == [("16", 5, None), ("39", 5, 2)]
    heard = [(one.message, one.verdict) for one in desk.store.acknowledgments(delivery=f"{filed}.1.2")]
    assert heard == [("", Verdict.ACCEPTED_WITH_FINDINGS), ("1", Verdict.REJECTED)]
    assert "message 1 rejected" in desk.told(arrival)


def test_a_contrl_for_nothing_we_sent_is_kept_and_settles_nothing(desk: Desk) -> None:
    filed = desk.take(manifest())
    ours = dict(desk.sent(filed)[COMMUNITY][0].delivery.references)["interchange"]
    arrival = desk.take(contrl(desk, filed, "7").replace(ours.encode(), b"NEVERSENT"), "port-community")
    assert desk.store.acknowledgments(delivery=f"{filed}.1.2") == []
    assert "nothing we sent" in desk.told(arrival)
