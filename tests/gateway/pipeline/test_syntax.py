"""What counterparties acknowledge by CONTRL: matched to what was sent to them, early, late, twice and otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from desk import AGENCY, COMMUNITY, CUSTOMS, LINE, Desk, answer, manifest, said

from gateway.model.acknowledgment import Layer, Verdict
from gateway.model.finding import Finding, Severity
from gateway.model.policy import PRESETS, Policy
from gateway.model.stages import MessageType
from gateway.routing.agreement import TypeRange

FILING = "blue-anchor/BA26-042E-01"
LRN = "BA26-042E-01"


def reference(desk: Desk, filed: str, endpoint: str = COMMUNITY) -> str:
    """The reference of the interchange that a manifest went out in."""
    (found,) = (one for one in desk.sent(filed)[endpoint] if one.delivery.kind == "document")
    return dict(found.delivery.references)["interchange"]


def contrl(
    subject: str, verdict: str, below: str = "", own: str = "PCS1", parties: str = "PIERHEAD:ZZ+EXPORTPCS:ZZ"
) -> bytes:
    """A CONTRL of the port community system for an interchange that was sent to it."""
    return (
        f"UNB+UNOC:3+EXPORTPCS:ZZ+PIERHEAD:ZZ+261102:1300+{own}'UNH+1+CONTRL:D:3:UN'"
        f"UCI+{subject}+{parties}+{verdict}'{below}UNT+{3 + below.count(chr(39))}+1'UNZ+1+{own}'"
    ).encode()


def say(desk: Desk, subject: str, verdict: str, below: str = "", own: str = "PCS1") -> str:
    """Let the port community system acknowledge an interchange; return the arrival."""
    return desk.take(contrl(subject, verdict, below, own), "port-community")


def ours(desk: Desk, arrival: str) -> list[Finding]:
    """The findings of our own codes that an arrival gave."""
    return [one.finding for one in desk.store.findings(arrival=arrival) if one.finding.code.startswith("PH-")]


def state(desk: Desk) -> str:
    filing = desk.store.filing(FILING)
    assert filing is not None
    return said(filing)


def addressed_to_the_port_community(desk: Desk) -> None:
    """Let the filings be addressed to the port community system, as if it were the authority."""
    names = desk.processor.outputs.partners[COMMUNITY]
    changed = [
        replace(one, recipient=replace(names, parties=one.recipient.parties)) if one.id == "manifests" else one
        for one in desk.processor.agreements
    ]
    desk.runner.processor = replace(desk.processor, agreements=changed)


@pytest.mark.parametrize(
    ("verdict", "heard"),
    [("7", Verdict.ACCEPTED), ("8", Verdict.RECEIVED), ("4", Verdict.REJECTED)],
    ids=["accepted", "received", "rejected"],
)
def test_a_received_contrl_settles_the_delivery_it_answers(desk: Desk, verdict: str, heard: Verdict) -> None:
    filed = desk.take(manifest())
    arrival = say(desk, reference(desk, filed), verdict)
    assert desk.state(arrival) == "accepted"
    (said,) = desk.store.acknowledgments(delivery=f"{filed}.1.2")
    assert (said.layer, said.verdict, said.arrival) == (Layer.SYNTAX, heard, arrival)
    assert f"{heard} (delivery {filed}.1.2)" in desk.told(arrival)
    assert desk.store.documents(arrival=arrival) == []
    assert desk.sent(arrival) == {}  # a CONTRL is never acknowledged


def test_the_filing_is_told_of_the_contrl(desk: Desk) -> None:
    filed = desk.take(manifest())
    say(desk, reference(desk, filed), "7")
    assert f"accepted (delivery {filed}.1.2)" in desk.told(FILING)
    assert state(desk) == "sent"  # what the port community acknowledges is a copy


def test_what_a_contrl_rejects_is_kept_with_its_places(desk: Desk) -> None:
    filed = desk.take(manifest())
    arrival = say(desk, reference(desk, filed), "7", "UCM+1+CUSCAR:D:16A:UN+4'UCS+5+16'UCD+39+3:2'")
    findings = [record.finding for record in desk.store.findings(arrival=arrival)]
    places = [(one.code, one.position.segment, one.position.element) for one in findings]
    assert places == [("16", 5, None), ("39", 5, 2), ("PH-4012", None, None)]
    heard = [(one.message, one.verdict) for one in desk.store.acknowledgments(delivery=f"{filed}.1.2")]
    assert heard == [("", Verdict.ACCEPTED_WITH_FINDINGS), ("1", Verdict.REJECTED)]
    assert "message 1 rejected" in desk.told(arrival)


def test_a_rejection_is_an_error_on_the_document_that_was_sent_and_told_to_its_filing(desk: Desk) -> None:
    filed = desk.take(manifest())
    subject = reference(desk, filed)
    arrival = say(desk, subject, "4", "UCM+1+CUSCAR:D:16A:UN+4'UCS+5+16'")
    (finding,) = (record.finding for record in desk.store.findings(document=f"{filed}.1"))
    assert (finding.code, finding.severity, finding.value) == ("PH-4012", Severity.ERROR, subject)
    assert f"port-community rejects the syntax of interchange {subject}" in desk.told(FILING)
    assert "16 at message 1 segment 5" in desk.told(FILING)
    assert finding in ours(desk, arrival)
    assert state(desk) == "sent"  # the filing is addressed to customs, and customs has taken it


def test_a_rejection_by_whom_the_filing_is_addressed_to_is_its_state(desk: Desk) -> None:
    addressed_to_the_port_community(desk)
    filed = desk.take(manifest())
    say(desk, reference(desk, filed), "4")
    assert state(desk) == "rejected by port-community"


# to what it belongs


@pytest.mark.parametrize(
    ("subject", "parties", "why"),
    [
        ("NEVERSENT", "PIERHEAD:ZZ+EXPORTPCS:ZZ", "no interchange NEVERSENT was sent from here"),
        (
            "",
            "PIERHEAD:ZZ+ELSEWHERE:ZZ",
            "was sent from PIERHEAD:ZZ to EXPORTPCS:ZZ, not from PIERHEAD:ZZ to ELSEWHERE",
        ),
        ("", "PIERHEAD:14+EXPORTPCS:ZZ", "not from PIERHEAD:14 to EXPORTPCS:ZZ"),
    ],
    ids=["reference", "recipient", "qualifier"],
)
def test_a_contrl_for_nothing_we_sent_is_kept_and_settles_nothing(
    desk: Desk, subject: str, parties: str, why: str
) -> None:
    filed = desk.take(manifest())
    subject = subject or reference(desk, filed)
    arrival = desk.take(contrl(subject, "4", parties=parties), "port-community")
    assert desk.store.acknowledgments(delivery=f"{filed}.1.2") == []
    (finding,) = (one for one in ours(desk, arrival))
    assert (finding.code, finding.value) == ("PH-4011", subject)
    assert why in finding.text
    assert "nothing we sent" in desk.told(arrival)
    assert "syntax acknowledgment" not in desk.told(FILING)


def test_a_contrl_of_somebody_else_than_it_was_sent_to_settles_nothing(desk: Desk) -> None:
    agreements = [
        replace(one, accepts=(*one.accepts, TypeRange("edifact", "CONTRL"))) if one.id == "customs-answers" else one
        for one in desk.processor.agreements
    ]
    desk.runner.processor = replace(desk.processor, agreements=agreements)
    filed = desk.take(manifest())
    subject = reference(desk, filed)
    arrival = desk.take(contrl(subject, "4").replace(b"+EXPORTPCS:ZZ+PIERHEAD", b"+EXCUSTOMS:ZZ+PIERHEAD"), "customs")
    (finding,) = ours(desk, arrival)
    assert finding.code == "PH-4011"
    assert f"interchange {subject} was sent to port-community, not to customs" in finding.text
    assert desk.store.findings(document=f"{filed}.1") == []


def test_a_contrl_for_a_contrl_of_ours_is_refused_to_settle_anything(desk: Desk) -> None:
    agreements = [
        replace(one, acknowledge={"contrl": COMMUNITY}) if one.id == "manifests" else one
        for one in desk.processor.agreements
    ]
    desk.runner.processor = replace(desk.processor, agreements=agreements)
    filed = desk.take(manifest())
    (sent,) = (one for one in desk.sent(filed)[COMMUNITY] if one.delivery.kind == "acknowledgment")
    subject = dict(sent.delivery.references)["interchange"]
    arrival = desk.take(contrl(subject, "7", parties="EXCUSTOMS:ZZ+BLUEANCHOR:ZZ"), "port-community")
    (finding,) = ours(desk, arrival)
    assert "was itself an acknowledgment" in finding.text


def test_a_verdict_on_a_message_that_the_interchange_never_held_is_told(desk: Desk) -> None:
    filed = desk.take(manifest())
    subject = reference(desk, filed)
    arrival = say(desk, subject, "7", "UCM+9+CUSCAR:D:16A:UN+7'")
    assert [(one.code, one.value) for one in ours(desk, arrival)] == [("PH-4011", "9")]
    assert f"interchange {subject} holds no message 9" in ours(desk, arrival)[0].text


# late, early, again, otherwise


def test_an_interchange_that_asks_for_contrl_expects_one_until_it_comes(desk: Desk) -> None:
    desk.route("manifests", COMMUNITY, contrl_within=timedelta(minutes=30))
    filed = desk.take(manifest())
    (sent,) = desk.sent(filed)[COMMUNITY]
    assert sent.delivery.content.split(b"'")[1].endswith(b"++++1")  # UNB 0031
    desk.now += timedelta(hours=1)
    assert [(one.delivery, one.layer) for one in desk.store.overdue(desk.now)] == [(f"{filed}.1.2", Layer.SYNTAX)]
    arrival = say(desk, reference(desk, filed), "7")
    assert "; late: it was due at 2026-11-02 12:30Z" in desk.told(arrival)
    assert desk.store.overdue(desk.now) == []


def test_a_partner_of_version_4_is_written_to_in_it_and_its_contrl_is_matched(desk: Desk) -> None:
    desk.route("manifests", COMMUNITY, syntax="UNOC:4")
    filed = desk.take(manifest())
    (sent,) = desk.sent(filed)[COMMUNITY]
    assert sent.delivery.content.startswith(b"UNA:+.?*'\r\nUNB+UNOC:4+PIERHEAD:ZZ+EXPORTPCS:ZZ+20261102:")
    assert "accepted" in desk.told(say(desk, reference(desk, filed), "7"))


def test_without_contrl_within_none_is_asked_for_or_expected(desk: Desk) -> None:
    filed = desk.take(manifest())
    assert desk.sent(filed)[COMMUNITY][0].delivery.content.count(b"+1'", 0, 100) == 0
    assert all(one.layer is Layer.FUNCTION for one in desk.store.overdue(desk.now + timedelta(days=9)))


def test_a_contrl_in_time_is_not_called_late(desk: Desk) -> None:
    desk.route("manifests", COMMUNITY, contrl_within=timedelta(minutes=30))
    arrival = say(desk, reference(desk, desk.take(manifest())), "7")
    assert "late" not in desk.told(arrival)


def test_a_contrl_that_comes_before_the_sending_is_settled_is_matched_all_the_same(desk: Desk) -> None:
    accepted = desk.accept(manifest())
    desk.runner.process()  # and nothing is delivered yet
    arrival = desk.accept(contrl(reference(desk, accepted.id), "7"), "port-community").id
    desk.runner.process()
    assert "here the sending itself is still queued" in desk.told(arrival)
    assert [one.verdict for one in desk.store.acknowledgments(delivery=f"{accepted.id}.1.2")] == [Verdict.ACCEPTED]
    desk.work()
    assert len(desk.inbox(COMMUNITY)) == 1


def test_the_same_contrl_again_changes_nothing(desk: Desk) -> None:
    filed = desk.take(manifest())
    subject = reference(desk, filed)
    say(desk, subject, "7")
    assert desk.accept(contrl(subject, "7"), "port-community").duplicate
    desk.work()
    assert len(desk.store.acknowledgments(delivery=f"{filed}.1.2")) == 1


def test_a_second_contrl_that_says_the_same_is_told_as_such_without_a_finding(desk: Desk) -> None:
    subject = reference(desk, desk.take(manifest()))
    say(desk, subject, "4")
    again = say(desk, subject, "4", own="PCS2")
    assert "it says so again" in desk.told(again)
    assert ours(desk, again) == []


def test_received_first_and_accepted_then_is_no_contradiction(desk: Desk) -> None:
    subject = reference(desk, desk.take(manifest()))
    arrivals = [say(desk, subject, verdict, own=f"PCS{verdict}") for verdict in ("8", "7", "8")]
    assert [ours(desk, arrival) for arrival in arrivals] == [[], [], []]


def test_a_contrl_of_whom_the_filing_is_addressed_to_takes_it_a_step_further(desk: Desk) -> None:
    addressed_to_the_port_community(desk)
    filed = desk.take(manifest())
    assert state(desk) == "sent"
    say(desk, reference(desk, filed), "8")
    assert state(desk) == "received by port-community"
    say(desk, reference(desk, filed), "7", own="PCS2")
    assert state(desk) == "syntax ok by port-community"


@pytest.mark.parametrize(("first", "second", "codes"), [("7", "4", {"PH-4012", "PH-4013"}), ("4", "7", {"PH-4013"})])
def test_a_contrl_that_contradicts_an_earlier_one_is_a_finding_and_the_rejection_stands(
    desk: Desk, first: str, second: str, codes: set[str]
) -> None:
    addressed_to_the_port_community(desk)
    subject = reference(desk, desk.take(manifest()))
    say(desk, subject, first)
    arrival = say(desk, subject, second, own="PCS2")
    assert {one.code for one in ours(desk, arrival)} == codes
    assert "; before it was" in desk.told(arrival)
    assert state(desk) == "rejected by port-community"


def test_what_a_contrl_means_does_not_change_when_it_is_replayed(desk: Desk) -> None:
    subject = reference(desk, desk.take(manifest()))
    arrival = say(desk, subject, "7")
    say(desk, subject, "4", own="PCS2")
    stored = desk.store.arrival(arrival)
    assert stored is not None
    again = desk.processor.process(stored.arrival, desk.now)
    assert list(again.findings) == desk.store.findings(arrival=arrival)


def test_an_answer_before_the_contrl_keeps_the_state_whatever_the_contrl_says(desk: Desk) -> None:
    desk.route("manifests", CUSTOMS, type=MessageType("edifact", "CUSCAR", "D16A", "UN"))
    filed = desk.take(manifest())
    subject = reference(desk, filed, CUSTOMS)
    agreements = [
        replace(one, accepts=(*one.accepts, TypeRange("edifact", "CONTRL"))) if one.id == "customs-answers" else one
        for one in desk.processor.agreements
    ]
    desk.runner.processor = replace(desk.processor, agreements=agreements)
    desk.take(answer(LRN, mrn="26EX0001"), "customs")
    late = contrl(subject, "4", parties="PIERHEAD:ZZ+EXCUSTOMS:ZZ").replace(
        b"UNOC:3+EXPORTPCS:ZZ", b"UNOC:3+EXCUSTOMS:ZZ"
    )
    arrival = desk.take(late, "customs")
    assert {one.code for one in ours(desk, arrival)} == {"PH-4012", "PH-4013"}
    assert "before it was answered in substance" in desk.told(FILING)
    assert state(desk) == "registered by customs"
    assert set(desk.sent(filed)) == {LINE, CUSTOMS, COMMUNITY, AGENCY}


def test_the_filers_own_contrl_for_what_it_was_told_is_kept_with_the_answer(desk: Desk) -> None:
    desk.take(manifest())
    answered = desk.take(answer(LRN, mrn="26EX0001"), "customs")
    subject = reference(desk, answered, LINE)
    said = contrl(subject, "4", parties="EXCUSTOMS:ZZ+BLUEANCHOR:ZZ")
    arrival = desk.take(said.replace(b"+EXPORTPCS:ZZ+PIERHEAD:ZZ+2", b"+BLUEANCHOR:ZZ+EXCUSTOMS:ZZ+2"))
    assert [one.code for one in ours(desk, arrival)] == ["PH-4012"]
    assert [one.finding.code for one in desk.store.findings(document=f"{answered}.1")] == ["PH-4012"]
    assert f"blue-anchor rejects the syntax of interchange {subject}" in desk.told(FILING)
    assert state(desk) == "registered by customs"


def test_a_contrl_that_says_nothing_is_never_answered(desk: Desk) -> None:
    replies = next(one.replies for one in desk.processor.agreements if one.id == "manifests")
    agreements = [
        replace(one, replies=replies, policy=Policy(PRESETS["report-only"]))
        if one.id == "port-community-answers"
        else one
        for one in desk.processor.agreements
    ]
    desk.runner.processor = replace(desk.processor, agreements=agreements)
    empty = contrl("X", "7").replace(b"UCI+X+PIERHEAD:ZZ+EXPORTPCS:ZZ+7'", b"").replace(b"UNT+3", b"UNT+2")
    arrival = desk.take(empty, "port-community")
    assert (desk.state(arrival), "PH-4003" in desk.codes(arrival)) == ("rejected", True)
    assert desk.sent(arrival) == {}
