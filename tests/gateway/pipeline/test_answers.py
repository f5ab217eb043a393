"""What counterparties answer: matched to what was sent, told to whoever filed, at the filer's own segments."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from desk import COMMUNITY, CUSTOMS, LINE, Desk, answer, fault, manifest, said, status

from gateway.model.acknowledgment import Layer, Verdict
from gateway.model.awaited import Standing
from gateway.model.stages import MessageType
from gateway.routing.agreement import TypeRange

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
    return said(found), found.mrn, found.hold


def test_an_answer_by_lrn_goes_to_the_filer_as_cusres(desk: Desk) -> None:
    filed = desk.take(manifest())
    arrival = desk.take(answer(LRN, mrn="26EX0001"), "customs")
    assert desk.state(arrival) == "accepted"
    text = cusres(desk, arrival)
    assert "UNB+UNOC:3+EXCUSTOMS:ZZ+BLUEANCHOR:ZZ+" in text
    assert "BGM++EXR-1+29'" in text
    assert f"RFF+ABO:{LRN}'" in text
    assert "RFF+ABT:26EX0001'" in text
    assert filing_state(desk) == ("registered by customs", "26EX0001", False)
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
    assert filing_state(desk, "blue-anchor/BA26-042E-02") == ("registered by customs", "26EX0002", False)
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


def test_an_answer_that_is_late_says_so_again_or_says_otherwise_is_told_as_that(desk: Desk) -> None:
    filed = desk.take(manifest())
    (awaited,) = desk.store.awaited_of(f"{filed}.1.1", desk.now)
    assert (awaited.layer, awaited.standing) == (Layer.FUNCTION, Standing.WAITING)
    desk.now += timedelta(days=1)
    assert [one.delivery for one in desk.store.alert_overdue(desk.now)] == [f"{filed}.1.1"]
    late = desk.take(answer(LRN), "customs")
    again = desk.take(answer(LRN, reference="EXR-2"), "customs")
    other = desk.take(answer(LRN, "27", reference="EXR-3"), "customs")
    assert "; late: it was due at" in desk.told(late)
    assert "; it says so again" in desk.told(again)
    assert "late" not in desk.told(again)
    assert "; before it was accepted" in desk.told(other)
    (awaited,) = desk.store.awaited_of(f"{filed}.1.1", desk.now)
    assert (awaited.standing, awaited.verdict) == (Standing.NEGATIVE, Verdict.REJECTED)
    assert awaited.remarks == ("late", "said 3 times", "contradicted")


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
    assert filing_state(desk) == ("registered by customs", "26EX0001", True)
    desk.take(answer(LRN, "8", status("4"), reference="EXR-3"), "customs")
    assert filing_state(desk)[2] is False


# APERAK, in and out


def aperak(
    verdict: str = "27", body: str = "", own: str = "PCS7", version: str = "96A", number: str = "PCSA-1"
) -> bytes:
    """An APERAK of the port community system."""
    inside = f"BGM+963+{number}+{verdict}'{body}" if verdict else f"BGM+963+{number}'{body}"
    return (
        f"UNB+UNOC:3+EXPORTPCS:ZZ+PIERHEAD:ZZ+261102:1300+{own}'UNH+1+APERAK:D:{version}:UN'"
        f"{inside}UNT+{2 + inside.count(chr(39))}+1'UNZ+1+{own}'"
    ).encode()


REASON = "ERC+PCS12::ZZZ'FTX+AAO+++BERTH IS CLOSED'RFF+BM:BANU26000418'"


def agreed(desk: Desk, id_: str, **changes: Any) -> None:
    """Change one agreement, as a site's owner would."""
    desk.runner.processor = replace(
        desk.processor,
        agreements=[replace(one, **changes) if one.id == id_ else one for one in desk.processor.agreements],
    )


@pytest.fixture
def port(desk: Desk) -> Desk:
    """The desk, with a port community system that also answers in APERAK."""
    accepts = (TypeRange("edifact", "CONTRL"), TypeRange("edifact", "APERAK", "D95B", "D24A"))
    agreed(desk, "port-community-answers", accepts=accepts)
    return desk


def answering_in(desk: Desk, directory: str) -> None:
    """Let the replies on filings be written as APERAK of a directory."""
    (reply,) = next(one.replies for one in desk.processor.agreements if one.id == "manifests")
    as_aperak = replace(reply, type=MessageType("edifact", "APERAK", directory, "UN"))
    agreed(desk, "manifests", replies=(as_aperak,))


def interchange(desk: Desk, filed: str) -> str:
    return dict(desk.sent(filed)[COMMUNITY][0].delivery.references)["interchange"]


@pytest.mark.parametrize("directory", ["D96A", "D07B"])
def test_what_the_rules_refuse_is_told_as_aperak_where_it_is_agreed(desk: Desk, directory: str) -> None:
    answering_in(desk, directory)
    arrival = desk.take(manifest("wrong-check-digit"))
    contrl, refused = sorted((one.delivery for one in desk.sent(arrival)[LINE]), key=lambda one: one.kind)
    assert b"UCI+BA000302+BLUEANCHOR:ZZ+EXCUSTOMS:ZZ+7'" in contrl.content
    text = refused.content.decode()
    assert f"UNH+1+APERAK:D:{directory[1:]}:UN'" in text
    assert "UNB+UNOC:3+EXCUSTOMS:ZZ+BLUEANCHOR:ZZ+" in text
    assert "RFF+ACW:BA26-302E-01'" in text
    assert "ERC+PH-1002::ZZZ'" in text
    assert "FTX+AAO+++at segment 11 EQD, element 3, component 1:" in text
    assert [one for one in desk.codes(arrival) if one.startswith("PH-2")] == []  # nothing was lost on the way


@pytest.mark.parametrize("name", ["wrong-unt-count", "unknown-directory"])
def test_what_contrl_rejects_is_told_by_contrl_alone(desk: Desk, name: str) -> None:
    answering_in(desk, "D96A")
    arrival = desk.take(manifest(name))
    assert all(one.delivery.kind == "acknowledgment" for found in desk.sent(arrival).values() for one in found)


def test_a_message_that_no_map_reads_is_refused_under_the_reference_of_its_header(desk: Desk) -> None:
    answering_in(desk, "D96A")
    agreed(desk, "manifests", accepts=(TypeRange("edifact", "CUSCAR"),))
    arrival = desk.take(manifest("unknown-directory"))
    refused = next(one.delivery for one in desk.sent(arrival)[LINE] if one.delivery.kind == "document")
    assert b"RFF+ACW:1'" in refused.content
    assert b"ERC+PH-4003::ZZZ'" in refused.content


@pytest.mark.parametrize("body", ["", "XYZ'"], ids=["by the rules", "by syntax"])
def test_an_answer_is_never_answered(port: Desk, body: str) -> None:
    replies = next(one.replies for one in port.processor.agreements if one.id == "manifests")
    agreed(port, "port-community-answers", replies=replies, acknowledge={})
    arrival = port.take(aperak("27", body), "port-community")  # names nothing: the rules refuse it
    assert port.state(arrival) == "rejected"
    assert "PH-1602" in port.codes(arrival)
    assert port.sent(arrival) == {}


@pytest.mark.parametrize("by", ["LRN in ACW", "LRN in ABO", "interchange", "document"])
def test_an_aperak_is_matched_by_whatever_names_what_was_sent(port: Desk, by: str) -> None:
    filed = port.take(manifest())
    named = {
        "LRN in ACW": f"RFF+ACW:{LRN}'",
        "LRN in ABO": f"RFF+ACW:1'RFF+ABO:{LRN}'",
        "interchange": f"RFF+ACW:{interchange(port, filed)}'",
        "document": f"DOC+85+{LRN}'RFF+ACW:1'",
    }[by]
    arrival = port.take(aperak("27", named + REASON, version="07B"), "port-community")
    (said,) = port.store.acknowledgments(delivery=f"{filed}.1.2")
    assert (said.layer, said.verdict, said.subject) == (Layer.FUNCTION, Verdict.REJECTED, LRN)
    (record,) = port.store.documents(arrival=arrival)
    assert record.filing == FILING
    assert f"port-community answered rejected with 1 faults to delivery {filed}.1.2" in port.told(FILING)


def test_an_aperak_of_another_than_the_authority_leaves_the_state_and_is_told_in_our_name(port: Desk) -> None:
    port.take(manifest())
    port.take(answer(LRN, mrn="26EX0001"), "customs")
    arrival = port.take(aperak("27", f"RFF+ACW:{LRN}'{REASON}"), "port-community")
    assert filing_state(port) == ("registered by customs", "26EX0001", False)
    text = cusres(port, arrival)
    assert "UNB+UNOC:3+PIERHEAD:ZZ+BLUEANCHOR:ZZ+" in text
    assert "ERC+PCS12::ZZZ'" in text
    assert "FTX+AAO+++BERTH IS CLOSED'" in text
    assert "RFF+BM:BANU26000418'" in text


def test_an_aperak_of_whom_the_filing_is_addressed_to_is_its_state(port: Desk) -> None:
    agreed(port, "manifests", recipient=port.processor.outputs.partners[COMMUNITY])
    port.take(manifest().replace(b"EXCUSTOMS:ZZ", b"EXPORTPCS:ZZ"))
    port.take(aperak("27", f"RFF+ACW:{LRN}'{REASON}"), "port-community")
    assert filing_state(port)[0] == "rejected by port-community"


def test_an_aperak_with_faults_and_without_a_verdict_rejects(port: Desk) -> None:
    filed = port.take(manifest())
    arrival = port.take(aperak("", f"RFF+ACW:{LRN}'{REASON}"), "port-community")
    assert port.state(arrival) == "accepted"
    (said,) = port.store.acknowledgments(delivery=f"{filed}.1.2")
    assert said.verdict is Verdict.REJECTED
    assert "BGM+963+PCSA-1+27'" in cusres(port, arrival)


def test_what_names_our_message_names_the_filers_own_when_it_is_told_on(port: Desk) -> None:
    filed = port.take(manifest())
    ours = interchange(port, filed)
    text = cusres(port, port.take(aperak("27", f"RFF+ACW:{ours}'{REASON}"), "port-community"))
    assert f"RFF+ACW:{LRN}'" in text
    assert ours not in text


def test_an_aperak_for_nothing_that_was_sent_is_kept_with_a_finding(port: Desk) -> None:
    arrival = port.take(aperak("27", f"RFF+ACW:NEVER-SENT'{REASON}"), "port-community")
    (finding,) = (record.finding for record in port.store.findings(arrival=arrival))
    assert (finding.code, finding.value) == ("PH-4001", "NEVER-SENT")
    assert port.sent(arrival) == {}


def test_an_aperak_of_the_filer_itself_is_recorded_and_told_nobody(desk: Desk) -> None:
    accepts = next(one.accepts for one in desk.processor.agreements if one.id == "manifests")
    agreed(desk, "manifests", accepts=(*accepts, TypeRange("edifact", "APERAK")))
    filed = desk.take(manifest())
    answered = desk.take(answer(LRN, mrn="26EX0001"), "customs")
    (told,) = desk.sent(answered)[LINE]
    ours = dict(told.delivery.references)["interchange"]
    content = aperak("27", f"RFF+ACW:{ours}'{REASON}").replace(
        b"EXPORTPCS:ZZ+PIERHEAD:ZZ", b"BLUEANCHOR:ZZ+EXCUSTOMS:ZZ"
    )
    arrival = desk.take(content)
    (said,) = desk.store.acknowledgments(delivery=told.delivery.id)
    assert (said.layer, said.verdict, said.arrival) == (Layer.FUNCTION, Verdict.REJECTED, arrival)
    assert filing_state(desk) == ("registered by customs", "26EX0001", False)
    assert [one.delivery.kind for found in desk.sent(arrival).values() for one in found] == ["acknowledgment"]
    assert desk.store.documents(arrival=filed)[0].filing == FILING


def test_a_bill_that_an_answer_is_about_leads_to_the_answer(port: Desk) -> None:
    port.take(manifest())
    arrival = port.take(aperak("27", f"RFF+ACW:{LRN}'{REASON}"), "port-community")
    assert f"{arrival}.1" in {hit.id for hit in port.store.find("bill", "BANU26000418")}
