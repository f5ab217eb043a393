"""CONTRL: what we answer to an interchange, and what a received answer means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.edifact import read
from adapters.edifact.contrl import acknowledge, acknowledgments
from adapters.edifact.faults import MEANING
from gateway.model.acknowledgment import Acknowledgment, Layer, Verdict
from gateway.model.finding import Finding, Kind, Position, Severity
from gateway.model.policy import STRICT, TOLERANT, Policy
from gateway.model.stages import Interchange, Message

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
UNB = "UNB+UNOA:2+SHIPCO:ZZ+PORTX:ZZ+250314:1230+R1"


def message(number: int, body: str, count: int | None = None, kind: str = "CUSCAR:D:95B:UN") -> str:
    count = body.count("'") + 2 if count is None else count
    return f"UNH+{number}+{kind}'{body}UNT+{count}+{number}'"


def answered(
    text: str, policy: Mapping[Kind, Severity] = STRICT, extra: Sequence[Finding] = ()
) -> tuple[Interchange, bytes | None]:
    """Return the records of the CONTRL for an interchange, under a policy."""
    parts = list(read([text.encode("latin-1")]))
    interchange = parts[-1]
    judged = Policy(policy).judge_all([finding for part in parts for finding in part.findings])
    return parts[-1], acknowledge(interchange, (*judged, *extra), reference="C1", now=NOW)


def body(text: str, policy: Mapping[Kind, Severity] = STRICT, extra: Sequence[Finding] = ()) -> list[str]:
    _, content = answered(text, policy, extra)
    lines = content.decode("latin-1").replace("\r\n", "").split("'")
    return lines[3:-3]


GOOD = "BGM+85+M+9'"


def test_a_clean_interchange_is_acknowledged_with_7_and_nothing_below() -> None:
    _, content = answered(f"{UNB}'{message(1, GOOD)}UNZ+1+R1'")
    assert content.split(b"\r\n") == [
        b"UNA:+.? '",
        b"UNB+UNOA:2+PORTX:ZZ+SHIPCO:ZZ+260102:0304+C1'",
        b"UNH+1+CONTRL:D:3:UN'",
        b"UCI+R1+SHIPCO:ZZ+PORTX:ZZ+7'",
        b"UNT+3+1'",
        b"UNZ+1+C1'",
        b"",
    ]


def test_a_rejected_message_is_named_and_the_rest_of_the_interchange_stands() -> None:
    bad = GOOD + "ABC+1'"
    text = f"{UNB}'{message(1, GOOD)}{message(2, bad)}{message(3, GOOD)}UNZ+3+R1'"
    assert body(text) == ["UCI+R1+SHIPCO:ZZ+PORTX:ZZ+7", "UCM+2+CUSCAR:D:95B:UN+4", "UCS+3+15"]


def test_segment_and_element_errors_count_the_tag_as_element_1() -> None:
    text = f"{UNB}'{message(1, 'BGM+85+M+9999' + chr(39) + 'DTM+:20250314:102:9' + chr(39))}UNZ+1+R1'"
    assert body(text)[1:] == ["UCM+1+CUSCAR:D:95B:UN+4", "UCS+2", "UCD+39+4", "UCS+3", "UCD+13+2:1", "UCD+16+2:4"]


def test_a_header_error_stands_in_ucm_with_its_service_segment() -> None:
    assert body(f"{UNB}'{message(1, GOOD, 9)}UNZ+1+R1'")[1:] == ["UCM+1+CUSCAR:D:95B:UN+4+29+UNT+2"]
    assert body(f"{UNB}'{message(1, GOOD)}{message(1, GOOD)}UNZ+2+R1'")[1:] == ["UCM+1+CUSCAR:D:95B:UN+4+26+UNH+2"]


def test_an_envelope_error_rejects_the_interchange() -> None:
    assert body(f"{UNB}'{message(1, GOOD)}UNZ+1+R2'") == ["UCI+R1+SHIPCO:ZZ+PORTX:ZZ+4+28+UNZ+3"]
    assert body(f"{UNB}'{message(1, GOOD)}") == ["UCI+R1+SHIPCO:ZZ+PORTX:ZZ+4+13+UNZ"]


def test_a_group_is_answered_by_ucf_with_its_messages() -> None:
    ung = "UNG+CUSCAR+SHIPCO+PORTX+250314:1230+G1+UN+D:95B'"
    bad = message(1, GOOD + "ABC'")
    assert body(f"{UNB}'{ung}{bad}UNE+1+G1'UNZ+1+R1'") == [
        "UCI+R1+SHIPCO:ZZ+PORTX:ZZ+7",
        "UCF+G1+SHIPCO+PORTX+7",
        "UCM+1+CUSCAR:D:95B:UN+4",
        "UCS+3+15",
    ]
    assert body(f"{UNB}'{ung}{message(1, GOOD)}UNE+2+G1'UNZ+1+R1'")[1:] == ["UCF+G1+SHIPCO+PORTX+4+29+UNE+2"]


def test_policy_decides_what_rejects() -> None:
    text = f"{UNB}'{message(1, GOOD, 9)}UNZ+1+R1'"
    assert body(text, TOLERANT) == ["UCI+R1+SHIPCO:ZZ+PORTX:ZZ+7"]


def test_a_party_finding_of_the_gateway_rejects_the_interchange() -> None:
    duplicate = Finding("26", Kind.PARTY, "sent before with other content")
    recipient = Finding("7", Kind.PARTY, "not us", Position(tag="UNB", element=3, component=1))
    text = f"{UNB}'{message(1, GOOD)}UNZ+1+R1'"
    assert body(text, extra=(duplicate,)) == ["UCI+R1+SHIPCO:ZZ+PORTX:ZZ+4+26"]
    assert body(text, extra=(recipient,)) == ["UCI+R1+SHIPCO:ZZ+PORTX:ZZ+4+7+UNB+4:1"]


def test_business_findings_are_not_for_contrl() -> None:
    rule = Finding("PH-R1", Kind.RULE, "check digit", Position("1", 2, "BGM"))
    assert body(f"{UNB}'{message(1, GOOD)}UNZ+1+R1'", extra=(rule,)) == ["UCI+R1+SHIPCO:ZZ+PORTX:ZZ+7"]


def test_a_contrl_is_never_acknowledged() -> None:
    _, content = answered(f"{UNB}'{message(1, GOOD)}UNZ+1+R1'")
    interchange = list(read([content]))[-1]
    assert acknowledge(interchange, interchange.findings, reference="C2", now=NOW) is None


@pytest.mark.parametrize("text", ["", "junk", message(1, GOOD), "UNB+UNOA:2'UNZ+0'", "UNB+UNOA:2++R'UNZ+0'"])
def test_without_a_readable_unb_there_is_no_contrl(text: str) -> None:
    _, content = answered(text)
    assert content is None


def test_the_limits_of_contrl_are_kept() -> None:
    wrong = "LOC+" + "X" * 9 + "+" + "Y" * 99 + "+" + "+" * 3 + "Z" * 9 + "'"
    lines = body(f"{UNB}'{message(1, GOOD + wrong * 1500)}UNZ+1+R1'")
    assert sum(line.startswith("UCS") for line in lines) == 999
    lines = body(f"{UNB}'{message(1, GOOD + 'LOC+' + 'a+' * 150 + 'a' + chr(39))}UNZ+1+R1'")
    assert sum(line.startswith("UCD") for line in lines) == 99
    assert sum(line.startswith("UCS") for line in lines) == 1


def test_parties_are_repeated_as_sent_whatever_their_characters() -> None:
    text = f"UNB+UNOA:2+acme?+co:ZZ+PORT\xfc:ZZ+250314:1230+R1'{message(1, GOOD)}UNZ+1+R1'"
    _, content = answered(text)
    assert "UCI+R1+acme?+co:ZZ+PORT\xfc:ZZ+4+21+UNB+3:1'".encode("latin-1") in content
    assert content.split(b"+")[2].startswith(b".") is False
    found = list(read([content]))
    assert not [f for part in found for f in part.findings if f.severity is Severity.ERROR]


def received(lines: Sequence[str], version: str = "CONTRL:D:3:UN") -> Acknowledgment | None:
    text = f"{UNB}'{message(1, ''.join(line + chr(39) for line in lines), kind=version)}UNZ+1+R1'"
    return acknowledgments(next(part for part in read([text.encode()]) if isinstance(part, Message)))


def test_a_received_contrl_says_what_was_wrong_where() -> None:
    said = received(
        [
            "UCI+R9+US:ZZ+THEM:ZZ+7",
            "UCM+1+CUSCAR:D:95B:UN+4",
            "UCS+3+15",
            "UCS+5",
            "UCD+39+4:2",
            "UCM+2+CUSCAR:D:95B:UN+7",
        ]
    )
    assert (said.layer, said.verdict) == (Layer.SYNTAX, Verdict.ACCEPTED_WITH_FINDINGS)
    assert (said.subject, said.sender, said.recipient) == ("R9", "US:ZZ", "THEM:ZZ")
    first, second = said.messages
    assert (first.reference, first.verdict) == ("1", Verdict.REJECTED)
    assert [(f.code, f.position.segment, f.position.element, f.position.component) for f in first.findings] == [
        ("15", 3, None, None),
        ("39", 5, 3, 2),
    ]
    assert (second.verdict, second.findings) == (Verdict.ACCEPTED, ())


@pytest.mark.parametrize(
    ("action", "verdict"),
    [
        ("4", Verdict.REJECTED),
        ("5", Verdict.REJECTED),
        ("7", Verdict.ACCEPTED),
        ("8", Verdict.RECEIVED),
        ("1", Verdict.ACCEPTED),
        ("2", Verdict.ACCEPTED_WITH_FINDINGS),
        ("", Verdict.RECEIVED),
    ],
)
def test_action_0083_is_the_verdict(action: str, verdict: Verdict) -> None:
    assert received([f"UCI+R9+US+THEM+{action}"]).verdict is verdict


def test_a_rejected_interchange_names_its_error() -> None:
    said = received(["UCI+R9+US+THEM+4+28+UNZ+3"])
    (finding,) = said.findings
    assert (finding.code, finding.position.tag, finding.position.element) == ("28", "UNZ", 2)


@pytest.mark.parametrize("code", sorted(MEANING, key=int))
@pytest.mark.parametrize("version", ["CONTRL:1:1:UN", "CONTRL:2:1:UN", "CONTRL:D:3:UN", "CONTRL:4:1:UN"])
def test_every_code_of_0085_is_understood_at_every_level(version: str, code: str) -> None:
    """Network providers, security and partners of every version give codes that this engine never gives."""
    lines = [
        f"UCI+R9+US+THEM+4+{code}+UNB+2",
        f"UCM+1+CUSCAR:D:95B:UN+4+{code}+UNH+2",
        f"UCS+3+{code}",
        f"UCD+{code}+4:2",
        f"UCF+G1+US+THEM+4+{code}+UNG+2",
    ]
    said = received(lines, version)
    assert [(f.code, f.level, f.position.tag) for f in said.findings] == [(code, "UCI", "UNB"), (code, "UCF", "UNG")]
    (told,) = said.messages
    assert [(f.code, f.level, f.position.segment, f.position.element) for f in told.findings] == [
        (code, "UCM", None, 1),
        (code, "UCS", 3, None),
        (code, "UCD", 3, 3),
    ]
    assert all(MEANING[code] in finding.text for finding in (*said.findings, *told.findings))


def test_a_received_contrl_of_version_4_has_packages_occurrences_and_security() -> None:
    said = received(
        [
            "UCI+R9+US+THEM+7+27+USH+2+SEC1+2",
            "UCM+1+CUSCAR:D:03B:UN+4",
            "UCS+5",
            "UCD+39+2:2:3",
            "UCM+++4+47+UNO++P1+ATT:9",
        ],
        "CONTRL:4:1:UN",
    )
    message_, package = said.messages
    (element,) = message_.findings
    at = element.position
    assert (element.code, at.segment, at.element, at.component, at.occurrence) == ("39", 5, 1, 2, 3)
    assert (package.reference, package.verdict) == ("P1", Verdict.REJECTED)
    assert [(f.code, f.position.tag) for f in (*package.findings, *said.findings)] == [("47", "UNO"), ("27", "USH")]


def test_what_is_no_contrl_or_has_no_uci_says_nothing() -> None:
    assert received(["UCM+1+CUSCAR:D:95B:UN+4"]) is None
    other = next(iter(read([f"{UNB}'{message(1, GOOD)}UNZ+1+R1'".encode()])))
    assert acknowledgments(other) is None


PIECES = ["UNH+1+CUSCAR:D:95B:UN'", "UNT+2+1'", "BGM+85+M+9999'", "LOC+9'", "ABC'", "UNE+1+G'", "UNZ+1+R1'"]
PIECES += ["UNG+CUSCAR+A+B+250314:1230+G+UN+D:95B'", UNB + "'", "UNB+UNOA:2+\x1d\xe9:" + "Q" * 9 + "+B+1:2+R1'"]
PIECES += ["?", "'", "UCI'", "UCM'", "UCS'", "UCD'"]


@given(st.lists(st.sampled_from(PIECES), max_size=20))
def test_any_interchange_is_answered_without_exception_and_our_answer_says_what_we_meant(pieces: list[str]) -> None:
    text = f"{UNB}'" + "".join(pieces)
    for part in list(read([text.encode("latin-1")])):
        if isinstance(part, Message):
            acknowledgments(part)
            continue
        content = acknowledge(part, part.findings, reference="C1", now=NOW)
        if content is None:
            continue
        answer, envelope = list(read([content]))
        assert isinstance(envelope, Interchange)
        said = acknowledgments(answer)
        rejected = any(f.severity is Severity.ERROR for f in part.findings if f.level == "UCI")
        assert (said.verdict is Verdict.REJECTED) == rejected


def test_a_repetition_that_the_envelope_does_not_allow_is_told_and_names_nobody() -> None:
    unb = "UNB+UNOA:4+SHIPCO:ZZ*Q:ZZ+PORTX:ZZ+20250314:1230+R1'"
    parts = list(read(f"{unb}UNH+1*2+CUSCAR:D:95B:UN'BGM+85+M+9'UNT+3+1'UNZ+1+R1'".encode()))
    found = [finding for part in parts for finding in part.findings]
    assert [(one.code, one.level, one.position.element, one.position.occurrence) for one in found] == [
        ("35", "UCM", 1, 2),
        ("35", "UCI", 2, 2),
    ]
    answer = acknowledge(parts[-1], found, reference="C1", now=NOW)
    assert answer is not None
    assert b"+PORTX:ZZ+SHIPCO:ZZ+20" in answer
