"""Envelope, structure and element findings: one small interchange for each fault, with its CONTRL level and place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.edifact import read, validate
from adapters.edifact.reading.reader import read_envelope, recognises
from gateway.model.finding import Kind, Severity
from gateway.model.stages import Interchange, Message, MessageType, Party

UNB = "UNB+UNOA:2+SHIPCO:ZZ+PORTX:ZZ+250314:1230+R1"
BODY = "BGM+85+MAN1+9'DTM+137:20250314:102'TDT+20+511E+1'LOC+60+NLRTM:139:6'"
MESSAGE = f"UNH+1+CUSCAR:D:95B:UN'{BODY}UNT+6+1'"


def whole(messages: str = MESSAGE, unb: str = UNB, unz: str = "UNZ+1+R1") -> bytes:
    return f"{unb}'{messages}{unz}'".encode()


def message(body: str, *, count: int | None = None, kind: str = "CUSCAR:D:95B:UN") -> str:
    count = body.count("'") + 2 if count is None else count
    return f"UNH+1+{kind}'{body}UNT+{count}+1'"


def brief(content: bytes) -> list[tuple[Any, ...]]:
    """Every error as code, level, segment, element, component."""
    return [
        (f.code, f.level, f.position.segment, f.position.element, f.position.component)
        for f in validate(content)
        if f.severity is Severity.ERROR
    ]


def parts(content: bytes, size: int | None = None) -> list[Message | Interchange]:
    chunks = [content] if size is None else [content[i : i + size] for i in range(0, len(content), size)]
    return list(read(chunks))


def test_a_clean_interchange_has_no_finding() -> None:
    assert validate(whole()) == ()


def test_a_message_comes_placed_and_an_interchange_follows_its_messages() -> None:
    found, interchange = parts(whole())
    assert isinstance(found, Message)
    assert isinstance(interchange, Interchange)
    assert found.type == MessageType("edifact", "CUSCAR", "D95B", "UN")
    assert found.known
    assert [record[0] for record in found.records] == ["UNH", "BGM", "DTM", "TDT", "LOC", "UNT"]
    assert list(found.places)[:3] == [1, 2, 3]
    assert found.records[2] == ["DTM", "137:20250314:102"]
    assert list(interchange.messages) == [("1", found.type)]
    assert interchange.envelope.sender == Party("SHIPCO", "ZZ")
    assert interchange.envelope.types == (found.type,)


ENVELOPES = {
    "UNZ reference": (whole(unz="UNZ+1+R2"), ("28", "UCI", None, 2, None)),
    "UNZ count": (whole(unz="UNZ+2+R1"), ("29", "UCI", None, 1, None)),
    "UNZ missing": (f"{UNB}'{MESSAGE}".encode(), ("13", "UCI", None, None, None)),
    "UNZ ends in a release": (f"{UNB}'{MESSAGE}UNZ+1+R1?".encode(), ("13", "UCI", None, None, None)),
    "UNZ without reference": (whole(unz="UNZ+1"), ("13", "UCI", None, 2, None)),
    "UNT reference": (whole(MESSAGE.replace("UNT+6+1", "UNT+6+2")), ("28", "UCM", 6, 2, None)),
    "UNT count": (whole(MESSAGE.replace("UNT+6", "UNT+7")), ("29", "UCM", 6, 1, None)),
    "UNT count below nothing": (whole(MESSAGE.replace("UNT+6", "UNT+-6")), ("29", "UCM", 6, 1, None)),
    "UNZ count that is no whole number": (whole(unz="UNZ+1.5+R1"), ("29", "UCI", None, 1, None)),
    "UNT missing": (whole(MESSAGE.replace("UNT+6+1'", "")), ("13", "UCM", 5, None, None)),
    "UNH without type": (whole("UNH+1'UNT+2+1'"), ("13", "UCM", 1, 2, None)),
    "0062 twice": (whole(MESSAGE * 2, unz="UNZ+2+R1"), ("26", "UCM", 1, 1, None)),
    "nothing inside": (whole("", unz="UNZ+0+R1"), ("32", "UCI", None, None, None)),
    "segment between": (whole(MESSAGE + "BGM+85'"), ("33", "UCI", None, None, None)),
    "UNE alone": (whole(MESSAGE + "UNE+1+G'"), ("33", "UCI", None, None, None)),
    "syntax version": (whole(unb=UNB.replace("UNOA:2", "UNOA:9")), ("2", "UCI", None, 1, 2)),
    "character set": (whole(unb=UNB.replace("UNOA", "ZZZZ")), ("2", "UCI", None, 1, 1)),
    "UNB without time": (whole(unb=UNB.replace("250314:1230", "250314")), ("13", "UCI", None, 4, 2)),
    "UNB with a date of neither form": (whole(unb=UNB.replace("250314:", "2503140:")), ("39", "UCI", None, 4, 1)),
    "the same in version 4": (
        whole(unb=UNB.replace("250314:", "2503140:").replace(":2+", ":4+")),
        ("40", "UCI", None, 4, 1),
    ),
    "UNB with a long reference": (whole(unb=UNB + "X" * 20, unz="UNZ+1+R1" + "X" * 20), ("39", "UCI", None, 5, None)),
    "UNA with a letter": (b"UNA:A.? '" + whole(), ("20", "UCI", None, None, None)),
    "UNA with a letter for a decimal mark": (b"UNA:+A? '" + whole(), ("20", "UCI", None, None, None)),
    "UNA with a decimal mark that separates": (b"UNA:++? '" + whole(), ("20", "UCI", None, None, None)),
    "UNA too short": (b"UNA:+.?'" + whole(), ("20", "UCI", None, None, None)),
    "no UNB": (MESSAGE.encode(), ("13", "UCI", None, None, None)),
}


@pytest.mark.parametrize("name", ENVELOPES)
def test_envelope_fault(name: str) -> None:
    content, expected = ENVELOPES[name]
    assert expected in brief(content)
    assert len(brief(content)) == (2 if "long" in name else 1)


UNG = "UNG+CUSCAR+SHIPCO+PORTX+250314:1230+G1+UN+D:95B"
GROUPS = {
    "clean": (whole(f"{UNG}'{MESSAGE}UNE+1+G1'"), []),
    "UNE count": (whole(f"{UNG}'{MESSAGE}UNE+3+G1'"), [("29", "UCF", None, 1, None)]),
    "UNE reference": (whole(f"{UNG}'{MESSAGE}UNE+1+G2'"), [("28", "UCF", None, 2, None)]),
    "UNE missing": (whole(f"{UNG}'{MESSAGE}"), [("13", "UCF", None, None, None)]),
    "empty": (whole(f"{UNG}'UNE+0+G1'"), [("32", "UCF", None, None, None)]),
    "mixed": (
        whole(f"{UNG}'{MESSAGE}UNE+1+G1'{MESSAGE.replace('+1+C', '+2+C').replace('+6+1', '+6+2')}", unz="UNZ+2+R1"),
        [("30", "UCI", None, None, None)],
    ),
    "two types": (
        whole(f"{UNG}'{MESSAGE}UNH+2+APERAK:D:95B:UN'BGM+1'UNT+3+2'UNE+2+G1'"),
        [("31", "UCF", None, None, None)],
    ),
}


@pytest.mark.parametrize("name", GROUPS)
def test_group_fault(name: str) -> None:
    content, expected = GROUPS[name]
    assert brief(content) == expected


BODIES = {
    "clean": (BODY, []),
    "BGM missing": (BODY[14:], [("13", "UCS", 1, None, None)]),
    "unknown tag": (BODY + "ABC+1'", [("15", "UCS", 6, None, None)]),
    "misplaced": (BODY + "BGM+85'", [("15", "UCS", 6, None, None)]),
    "BGM twice": ("BGM+85+M+9'" + BODY, [("35", "UCS", 3, None, None)]),
    "ten DTM": ("BGM+85+M+9'" + "DTM+137:20250314:102'" * 10, [("35", "UCS", 12, None, None)]),
    "ten TDT groups": ("BGM+85+M+9'" + "TDT+20'LOC+5+NLRTM'" * 10, [("36", "UCS", 21, None, None)]),
    "explicit nesting": ("BGM+85+M+9'DTM:1+137:20250314:102'", [("34", "UCS", 3, None, None)]),
    "element too long": ("BGM+85+MAN1+9999'", [("39", "UCD", 2, 3, None)]),
    "component too long": ("BGM+85'DTM+1375:20250314:102'", [("39", "UCD", 3, 1, 1)]),
    "flashpoint too short": (
        "BGM+85'CNI+1'RFF+BM:1'GID+1'DGS+IMD+3+1263+23:CEL'",
        [("40", "UCD", 6, 4, 1)],
    ),
    "too long by the spaces before it": ("BGM+85'DTM+  137:20250314:102'", [("39", "UCD", 3, 1, 1)]),
    "component missing": ("BGM+85'DTM+:20250314:102'", [("13", "UCD", 3, 1, 1)]),
    "composite empty": ("BGM+85'RFF+:'", [("13", "UCD", 3, 1, 1)]),
    "element missing": ("BGM+85'NAD'", [("13", "UCD", 3, 1, None)]),
    "too many components": ("BGM+85'DTM+137:20250314:102:9'", [("16", "UCD", 3, 1, 4)]),
    "too many elements": ("BGM+85+M+9+AB+X'", [("16", "UCD", 2, 5, None)]),
    "component of a stand-alone element": ("BGM+85+M:X+9'", [("16", "UCD", 2, 2, 2)]),
    "letters in a number": ("BGM+85'CNT+7:1X:KGM'", [("37", "UCD", 3, 1, 2)]),
    "no digit before the mark": ("BGM+85'CNT+7:.5:KGM'", [("38", "UCD", 3, 1, 2)]),
    "no digit after the mark": ("BGM+85'CNT+7:5.:KGM'", [("19", "UCD", 3, 1, 2)]),
    "lower case": ("BGM+85'NAD+MS+++Acme'", [("21", "UCD", 3, 4, 1)]),
    "code in no directory": ("BGM+85+M+77'", [("12", "UCD", 2, 3, None)]),
}


@pytest.mark.parametrize("name", BODIES)
def test_body_fault(name: str) -> None:
    body, expected = BODIES[name]
    assert brief(whole(message(body))) == expected


@pytest.mark.parametrize("number", ["12", "-12", "0012", "1.5", "1,5", "-0.25", "123456789012345678"])
def test_numbers_without_una_may_have_either_mark(number: str) -> None:
    assert brief(whole(message(f"BGM+85'CNT+7:{number}:KGM'"))) == []


@pytest.mark.parametrize(
    ("mark", "number", "codes"), [(".", "1.5", []), (".", "1,5", ["19"]), (",", "1,5", []), (",", "1.5", ["19"])]
)
def test_una_states_the_decimal_mark(mark: str, number: str, codes: list[str]) -> None:
    content = f"UNA:+{mark}? '".encode() + whole(message(f"BGM+85'CNT+7:{number}:KGM'"))
    assert [f.code for f in validate(content)] == codes


def test_the_missing_mandatory_group_is_named() -> None:
    (found,) = [f for f in validate(whole(message("BGM+85'CNI+1'RFF+BM:1'LOC+9+NLRTM'"))) if f.code == "13"]
    assert "segment group 10 (GID)" in found.text
    assert (found.position.segment, found.position.tag) == (5, "LOC")


def test_a_baplie_without_a_mandatory_segment_keeps_its_cells() -> None:
    cell = "LOC+147+0010182::5'MEA+WT++KGM:2200'LOC+9+NLRTM:139:6'EQD+CN+ABCU1234560'"
    head = "BGM++1+9'DTM+137:2503141230:201'TDT+20+1+++MSC:172:20'LOC+5+NLRTM:139:6'DTM+178:250313:101'"
    found, _ = parts(whole(message(head + cell * 3, kind="BAPLIE:D:95B:UN")))
    assert [f.code for f in found.findings] == ["13", "13", "13"]
    assert all("RFF" in f.text for f in found.findings)
    places = list(found.places)
    assert places[6:10] == places[10:14] == places[14:18]


def test_leading_zeros_in_counts_are_insignificant() -> None:
    assert validate(whole(MESSAGE.replace("UNT+6", "UNT+000006"))) == ()


def test_a_value_of_a_later_directory_is_a_warning_and_one_with_its_own_list_is_not_judged() -> None:
    content = whole(message("BGM+119'GIS+ZZ9:TER:ZZZ'"))
    found = [(f.code, f.kind, f.severity, f.value) for f in validate(content)]
    assert found == [
        ("12", Kind.CODE_LIST, Severity.WARNING, "119"),
        ("12", Kind.CODE_LIST, Severity.ERROR, "TER"),
    ]


def test_an_unknown_directory_is_one_warning_and_the_message_is_read() -> None:
    found, _ = parts(whole(MESSAGE.replace("95B", "93A")))
    assert not found.known
    assert set(found.places) == {0}
    (finding,) = found.findings
    assert (finding.kind, finding.severity) == (Kind.DIRECTORY, Severity.WARNING)


def test_several_interchanges_keep_their_own_separators() -> None:
    other = whole().replace(b"?", b"!").replace(b"+", b"*").replace(b":", b">").replace(b"'", b"~")
    content = b"UNA:+.? '\r\n" + whole() + b"\r\nUNA>*.! ~" + other + b"\x1a"
    assert validate(content) == ()
    found = [part for part in parts(content) if isinstance(part, Message)]
    assert found[0].records == found[1].records


def test_an_interchange_cut_off_by_the_next_is_reported_and_both_are_read() -> None:
    content = f"{UNB}'{MESSAGE}".encode() + whole()
    found = parts(content)
    assert [type(part) for part in found] == [Message, Interchange, Message, Interchange]
    assert brief(content) == [("13", "UCI", None, None, None)]


@pytest.mark.parametrize("junk", [b"\xef\xbb\xbf", b"TELEX FROM SHIPCO\r\n\r\n", b"\x00\x01"])
def test_what_stands_before_the_interchange_is_passed_over_and_reported(junk: bytes) -> None:
    (found,) = validate(junk + whole())
    assert (found.kind, found.severity, found.position.offset) == (Kind.PREFIX, Severity.WARNING, 0)


def test_what_stands_behind_the_interchange_is_reported() -> None:
    (found,) = validate(whole() + b"\r\n-- end of file --")
    assert (found.code, found.kind) == ("PH-EDI-1", Kind.PREFIX)


def test_a_message_wrapped_at_80_columns_is_read_with_a_finding() -> None:
    text = whole().decode()
    wrapped = "\r\n".join(text[i : i + 80] for i in range(0, len(text), 80)).encode()
    (found,) = validate(wrapped)
    assert (found.code, found.kind) == ("PH-EDI-2", Kind.WRAPPING)
    assert parts(wrapped)[0].records == parts(whole())[0].records


def test_line_break_inside_unt_does_not_lose_the_trailer() -> None:
    (found,) = validate(whole().replace(b"UNT+6", b"U\r\nNT\r\n+6"))
    assert found.kind is Kind.WRAPPING


def test_an_empty_file_is_one_interchange_without_envelope() -> None:
    for content in (b"", b"\r\n", b"\x00" * 1000, b"nothing here"):
        (interchange,) = parts(content)
        assert isinstance(interchange, Interchange)
        assert [f.code for f in interchange.findings] == ["13"]
        assert interchange.envelope.sender is None


@given(st.integers(1, 200))
def test_the_size_of_the_chunks_changes_nothing(size: int) -> None:
    grouped = whole(f"{UNG}'{MESSAGE}UNE+1+G1'").replace(b"'", b"'\r\n")
    content = b"\xef\xbb\xbfUNA:+.? '\r\n" + grouped + whole(MESSAGE * 2)

    def shape(found: Sequence[Message | Interchange]) -> list[tuple[Any, ...]]:
        return [(getattr(part, "records", None), part.findings) for part in found]

    assert shape(parts(content, size)) == shape(parts(content))


@given(st.binary(max_size=400))
def test_any_bytes_give_findings_and_never_an_exception(content: bytes) -> None:
    assert validate(content) or parts(content)


PIECES = ["UNA:+.? '", "UNB+UNOA:2+A+B+250314:1230+R'", "UNG+CUSCAR+A+B+250314:1230+G+UN+D:95B'", "UNE+1+G'"]
PIECES += ["UNZ+1+R'", "UNH+1+CUSCAR:D:95B:UN'", "UNT+2+1'", "BGM+85'", "LOC+9+NLRTM'", "CNI+1'", "RFF+BM:1'"]
PIECES += ["?", "'", "\r\n", "\xff", "+:"]


@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_service_segments_in_any_order_give_placed_findings_and_never_an_exception(pieces: list[str]) -> None:
    content = "".join(pieces).encode("latin-1")
    for part in read([content]):
        for finding in part.findings:
            assert finding.position.offset is not None
            assert -1 <= finding.position.offset <= len(content)


def test_memory_is_bounded_by_one_message() -> None:
    import tracemalloc

    def chunks() -> Iterator[bytes]:
        yield (UNB + "'").encode()
        for _ in range(200):
            yield message(BODY + "LOC+61+DEHAM:139:6'" * 90).encode() * 5
        yield b"UNZ+1000+R1'"

    tracemalloc.start()
    for part in read(chunks()):
        del part
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000


def test_the_envelope_is_read_without_the_bodies() -> None:
    content = whole(unb=UNB + "++APPL++1++1")
    found = read_envelope(content)
    assert (found.sender, found.recipient) == (Party("SHIPCO", "ZZ"), Party("PORTX", "ZZ"))
    assert (found.reference, found.syntax, found.prepared, found.application) == ("R1", "UNOA:2", "250314:1230", "APPL")
    assert found.test
    assert found.wants_acknowledgment
    assert found.types == (MessageType("edifact", "CUSCAR", "D95B", "UN"),)


@given(st.binary(max_size=300))
def test_the_envelope_of_any_bytes_is_an_envelope(content: bytes) -> None:
    assert read_envelope(content).standard == "edifact"
    assert read_envelope(b"UNB+" + content).standard == "edifact"


def test_edifact_is_recognised_by_its_first_segments() -> None:
    for head in (b"UNA:+.? 'UNB+UNOA:2", b"\xef\xbb\xbfUNB+UNOC:3+A", b"UNB\x1dUNOB\x1f2", b"UNH+1+CUSCAR"):
        assert recognises(head)
    for head in (b"", b"<?xml version='1.0'?>", b"!AIVDM,1,1,,A,1", b"UNBELIEVABLE"):
        assert not recognises(head)


@pytest.mark.parametrize(
    ("code", "party", "hint"),
    [
        ("UNOC", "Ü GMBH".encode(), "; read as UTF-8 (UNOY) it is 'Ü'"),
        ("UNOA", "Ü GMBH".encode(), "; read as UTF-8 (UNOY) it is 'Ü'"),
        ("UNOA", "Ü GMBH".encode("latin-1"), ""),
        ("UNOY", b"\xff GMBH", ""),
    ],
)
def test_a_strange_character_that_is_utf_8_is_told_as_that(code: str, party: bytes, hint: str) -> None:
    head = b"UNB+%b:3+A+B+261102:0900+1'UNH+1+CUSCAR:D:95B:UN'BGM+85'NAD+CN+++" % code.encode()
    (found,) = [one for one in validate(head + party + b"'UNT+4+1'UNZ+1+1'") if one.code == "21"]
    assert found.text.partition(code)[2] == hint


def test_parties_are_read_in_the_character_set_that_their_own_segment_declares() -> None:
    content = "UNB+UNOY:4+ŁÓDŹ:ZZ+PORTX:ZZ+20250314:1230+R1'UNH+1+CUSCAR:D:95B:UN'BGM+85+M+9'UNT+3+1'UNZ+1+R1'".encode()
    assert str(read_envelope(content).sender) == "ŁÓDŹ:ZZ"
    *_, interchange = read(content)
    assert str(interchange.envelope.sender) == "ŁÓDŹ:ZZ"
