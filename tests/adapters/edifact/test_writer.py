"""Bodies to an interchange: what is written reads back the same, and what cannot be written is refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.edifact import read, validate
from adapters.edifact.syntax.tokenizer import restore
from adapters.edifact.writer import encode, exact
from gateway.errors import EncodeError
from gateway.model.stages import Envelope, Interchange, Message, MessageType, Party, Written

CUSCAR = MessageType("edifact", "CUSCAR", "D95B", "UN")
ENVELOPE = Envelope(
    "edifact", Party("SHIPCO", "ZZ"), Party("PORTX", "ZZ"), reference="R1", syntax="UNOC:3", prepared="250314:1230"
)
BODY = ("BGM\x1d85\x1dMAN1\x1d9", "DTM\x1d137\x1f20250314\x1f102")


def written(*body: str, kind: MessageType = CUSCAR) -> Written:
    return Written(kind, body)


def only_message(content: bytes) -> Message:
    return next(part for part in read([content]) if isinstance(part, Message))


def test_an_interchange_is_complete_and_without_fault() -> None:
    content = encode([written(*BODY), written(*BODY)], ENVELOPE)
    assert content.split(b"\r\n") == [
        b"UNA:+.? '",
        b"UNB+UNOC:3+SHIPCO:ZZ+PORTX:ZZ+250314:1230+R1'",
        b"UNH+1+CUSCAR:D:95B:UN'",
        b"BGM+85+MAN1+9'",
        b"DTM+137:20250314:102'",
        b"UNT+4+1'",
        b"UNH+2+CUSCAR:D:95B:UN'",
        b"BGM+85+MAN1+9'",
        b"DTM+137:20250314:102'",
        b"UNT+4+2'",
        b"UNZ+2+R1'",
        b"",
    ]
    assert validate(content) == ()


def test_empty_ends_are_cut_off_and_service_characters_escaped() -> None:
    content = encode([written("NAD\x1dCN\x1d\x1d\x1dO'NEILL + SONS?\x1fA:B\x1f\x1f\x1d\x1d", "GID")], ENVELOPE)
    assert b"NAD+CN+++O?'NEILL ?+ SONS??:A?:B'" in content
    assert b"\r\nGID'" in content


def test_the_line_break_behind_a_terminator_is_optional() -> None:
    assert b"\r" not in encode([written(*BODY)], ENVELOPE, newline="")


def test_the_test_indicator_and_the_wish_for_an_answer_are_written() -> None:
    given_ = replace(ENVELOPE, test=True, wants_acknowledgment=True, application="APPL")
    content = encode([written(*BODY)], given_)
    assert b"+R1++APPL++1++1'" in content
    interchange = list(read([content]))[-1]
    assert replace(interchange.envelope, types=()) == given_


def test_the_association_code_and_contrl_keep_their_place_in_s009() -> None:
    kind = MessageType("edifact", "BAPLIE", "D95B", "UN", "SMDG22")
    assert b"UNH+1+BAPLIE:D:95B:UN:SMDG22'" in encode([written(*BODY, kind=kind)], ENVELOPE)
    assert b"+CONTRL:D:3:UN'" in encode([written("UCI\x1dX", kind=MessageType("edifact", "CONTRL", "D3"))], ENVELOPE)


def test_iso_times_are_written_as_unb_has_them() -> None:
    assert b"+250314:1230+" in encode([written(*BODY)], replace(ENVELOPE, prepared="2025-03-14T12:30:59Z"))


@pytest.mark.parametrize(
    ("syntax", "text", "character"),
    [("UNOA:2", "Acme", "c"), ("UNOB:2", "MÜLLER", "Ü"), ("UNOC:3", "船", "船"), ("UNOC:3", "A\nB", "\\n")],
)
def test_a_character_outside_the_set_is_refused_by_name(syntax: str, text: str, character: str) -> None:
    with pytest.raises(EncodeError, match=f"'{character}'.*segment NAD".replace("\\n", "\\\\n")):
        encode([written("NAD\x1dCN\x1d\x1d\x1d" + text)], replace(ENVELOPE, syntax=syntax))


def test_a_caller_may_choose_what_stands_for_a_character_outside_the_set() -> None:
    content = encode([written("NAD\x1dCN\x1dAcme")], replace(ENVELOPE, syntax="UNOA:2"), repair=str.upper)
    assert b"NAD+CN+ACME'" in content


def test_other_character_sets_are_encoded_as_declared() -> None:
    assert "NAD+船'".encode() in encode([written("NAD\x1d船")], replace(ENVELOPE, syntax="UNOW:3"))
    assert "NAD+Ж'".encode("iso8859-5") in encode([written("NAD\x1dЖ")], replace(ENVELOPE, syntax="UNOE:3"))


@pytest.mark.parametrize(
    "change",
    [
        {"sender": None},
        {"recipient": None},
        {"reference": ""},
        {"reference": "X" * 15},
        {"prepared": ""},
        {"prepared": "yesterday"},
        {"syntax": "UNOC:5"},
        {"syntax": "ZZZZ:3"},
        {"sender": Party("X" * 36)},
    ],
)
def test_an_envelope_that_cannot_be_expressed_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(EncodeError):
        encode([written(*BODY)], replace(ENVELOPE, **change))


def test_a_message_without_body_or_type_is_refused() -> None:
    for message in (written(), written(*BODY, kind=MessageType("edifact", "CUSCAR"))):
        with pytest.raises(EncodeError):
            encode([message], ENVELOPE)


TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_categories=("Cc",)), max_size=8).map(
    lambda text: text.strip(" ").replace("\xa0", "")
)
RECORDS = st.lists(
    st.tuples(
        st.sampled_from(("BGM", "NAD", "FTX", "ZZZ")), st.lists(st.lists(TEXT, min_size=1, max_size=4), max_size=6)
    ),
    min_size=1,
    max_size=6,
)


def trimmed(values: Iterable[str]) -> list[str]:
    kept = list(values)
    while kept and not kept[-1]:
        kept.pop()
    return kept


@given(RECORDS, st.sampled_from(["", "\r\n", "\n"]))
def test_what_is_written_reads_back_the_same(records: list[tuple[str, list[list[str]]]], newline: str) -> None:
    body = ["\x1d".join((tag, *("\x1f".join(parts) for parts in elements))) for tag, elements in records]
    content = encode([written(*body)], ENVELOPE, newline=newline)
    found = only_message(content).records[1:-1]
    meant = [[[tag], *trimmed([trimmed(parts) for parts in elements])] for tag, elements in records]
    assert [[trimmed(restore(part) for part in element.split(":")) for element in record] for record in found] == meant


@given(RECORDS)
def test_a_message_is_given_back_as_it_was_received(records: list[tuple[str, list[list[str]]]]) -> None:
    body = ["\x1d".join((tag, *("\x1f".join(parts) for parts in elements))) for tag, elements in records]
    content = encode([written(*body)], ENVELOPE)
    message = only_message(content)
    raw = exact(message)
    assert raw in content
    assert raw.startswith(b"UNH+1+")
    assert raw.endswith(b"+1'")
    interchange = list(read([content]))[-1]
    assert isinstance(interchange, Interchange)
    assert interchange.findings == ()
