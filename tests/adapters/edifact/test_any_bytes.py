"""Any bytes give findings, never an exception; the laws are in `byte_laws.py`, which the fuzzer holds too."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from byte_laws import chunked, hold, shape

from adapters.edifact import parse, read, validate
from adapters.edifact.checks import elements
from adapters.edifact.checks.elements import Rules
from adapters.edifact.checks.specification import Library
from adapters.edifact.directories.dictionary import shipped
from adapters.edifact.reading import message, reader, report
from adapters.edifact.reading.reader import read_envelope, recognises
from adapters.edifact.syntax import scanner
from adapters.edifact.syntax.versions import VERSIONS
from gateway.model.conventions import Conventions
from gateway.model.stages import Interchange, Message

HERE = Path(__file__).parent
CRASHERS = sorted((HERE / "crashers").iterdir())
SAMPLES = sorted((HERE.parents[2] / "samples" / "edifact").rglob("*.edi"))

VERSION_3 = b"UNA:+.? '\r\nUNB+UNOC:3+A:ZZ+B:ZZ+250314:1230+R'UNG+CUSCAR+A+B+250314:1230+G+UN+D:95B'"
VERSION_3 += b"UNH+1+CUSCAR:D:95B:UN'BGM+85+MAN?'1+9'DTM+137:20250314:102'TDT+20+511E+1'LOC+60+NLRTM:139:6'UNT+6+1'"
VERSION_3 += b"UNE+1+G'UNZ+1+R'"
VERSION_4 = b"UNA:+.?*'UNB+UNOW:4+A:ZZ+B:ZZ+20250314:1230+R'USH+1'UNH+1+BAPLIE:D:19B:UN:SMDG31'BGM+x+1+9'"
VERSION_4 += b"UGH+1'FTX+AAA*\xc3\xa9*b'UGT+1'UNT+6+1'UNO+1+A:1++9'123456789UNP+9+1'USD+4+1'''''UNZ+2+R'"
LEVEL_B = VERSION_3[11:].replace(b"UNOC:3", b"UNOB:2").translate(bytes.maketrans(b":+'", b"\x1f\x1d\x1c"))
ALONE = b"UNH+1+CONTRL:D:3:UN'UCI+R+A+B+7'UCM+1+CUSCAR:D:95B:UN+4+12'UCS+3+13'UCD+13+2:1'UNT+5+1'"
INTERACTIVE = b"UIB+UNOA:4'UIH+1'UIT+1'UIZ'" + VERSION_3
WHOLE = (VERSION_3, VERSION_4, LEVEL_B, ALONE, INTERACTIVE)
PIECES = (b"'", b"+", b":", b"*", b"?", b"??", b"?'", b"\r\n", b" ", b"\x00", b"\x1b$B", b"\xc3", b"\xff", b"\xc3\xa9")
PIECES += (
    b"UNA:+.? '",
    b"UNA;!,? |",
    b"UNA\r+.\n '",
    b"UNH+1+",
    b"UNT+3+1'",
    b"UNZ+1+R'",
    b"UNE+1+G'",
    b"UNO+1+A:1++99'",
)
PIECES += (b"USD+99999999'", b"UGH+1'", b"UGT+2'", b"U\nN\nH+", b"UNG+", b":X+", b":4+", b"UNOX", b"UNOY", b"?" * 41)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A right interchange, or two, after some accidents: cut, doubled, swapped, and things put in."""
    content = bytearray(b"".join(draw(st.lists(st.sampled_from(WHOLE), min_size=1, max_size=2))))
    for _ in range(draw(st.integers(0, 8))):
        at, to = sorted((draw(st.integers(0, len(content))), draw(st.integers(0, len(content)))))
        match draw(st.sampled_from(("cut", "double", "swap", "piece", "byte", "end"))):
            case "cut":
                del content[at : min(to, at + 30)]
            case "double":
                content[to:to] = content[at : min(to, at + 60)]
            case "swap":
                content = content[to:] + content[at:to] + content[:at]
            case "piece":
                content[at:at] = draw(st.sampled_from(PIECES))
            case "byte":
                content[at : at + 1] = bytes([draw(st.integers(0, 255))])
            case _:
                del content[to:]
    return bytes(content)


ANY = st.one_of(st.binary(max_size=300), st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join), mutated())
CONVENTIONS = st.builds(
    Conventions, st.sampled_from(("", "UNOA", "UNOX", "?")), st.sampled_from(("", ".", ",")), st.booleans()
)


@given(ANY, st.integers(1, 40))
@example(VERSION_3, 1)
@example(VERSION_4, 1)
@example(LEVEL_B, 1)
@example(INTERACTIVE, 1)
def test_any_bytes_hold_the_laws_in_chunks_of_any_size(content: bytes, size: int) -> None:
    assert shape(list(read(chunked(content, size)))) == shape(hold(content))


@given(ANY, CONVENTIONS)
def test_any_bytes_hold_the_laws_whatever_was_agreed(content: bytes, conventions: Conventions) -> None:
    hold(content, conventions)


@given(ANY)
def test_the_envelope_read_alone_is_that_of_the_first_interchange(content: bytes) -> None:
    first = next(part for part in read(content) if isinstance(part, Interchange))
    alone = read_envelope(content)
    assert (alone.sender, alone.recipient, alone.reference) == (
        first.envelope.sender,
        first.envelope.recipient,
        first.envelope.reference,
    )
    assert recognises(content) == (not any(finding.text.startswith("there is no") for finding in first.findings))


@pytest.mark.parametrize("path", [*CRASHERS, *SAMPLES], ids=lambda path: path.name)
def test_crashers_and_samples_hold_the_laws(path: Path) -> None:
    content = path.read_bytes()
    for size in (1 + len(content) // 100, 7):
        assert shape(list(read(chunked(content, size)))) == shape(hold(content))


@given(ANY)
def test_any_bytes_hold_the_laws_where_every_limit_is_near(content: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for module in (scanner, message, report):
            patch.setattr(module, "MOST_IN_SEGMENT", 60)
        patch.setattr(scanner, "MOST_BYTES", 150)
        patch.setattr(reader, "MOST_COUNTED", 1)
        patch.setattr(report, "MOST_FINDINGS", 3)
        assert shape(list(read(chunked(content, 1)))) == shape(hold(content, answered=False))


# limits

UNB, UNZ = b"UNB+UNOA:2+A+B+250314:1230+R'", b"UNZ+1+R'"
UNH, UNT = b"UNH+1+CUSCAR:D:95B:UN'", b"UNT+2+1'"


def codes(content: bytes) -> list[str]:
    return [finding.code for finding in validate(content)]


def test_a_message_longer_than_is_read_is_cut_and_what_follows_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner, "MOST_BYTES", 5000)
    long = UNB + UNH + b"FTX+AAA'" * 1000
    for content in (long + UNB + UNH + UNT + UNZ, long + UNT + UNZ + UNB + UNH + UNT + UNZ):
        for size in (len(content), 64):
            found = [part for part in read(chunked(content, size)) if isinstance(part, Message)]
            assert [[one.code for one in part.findings].count("PH-EDI-9") for part in found] == [1, 0]
            assert [len(part.origin.raw) for part in found] == [1024, len(UNH + UNT)]


def test_a_message_beyond_the_real_limit_is_cut() -> None:
    def stream() -> Iterator[bytes]:
        yield UNB + UNH
        for _ in range(1 + scanner.MOST_BYTES // 1_000_000):
            yield b"x" * 999_999 + b"'"
        yield UNB + UNH + UNT + UNZ

    first, _, second, _ = read(stream())
    assert "PH-EDI-9" in [one.code for one in first.findings]
    assert "PH-EDI-9" not in [one.code for one in second.findings]


def test_a_segment_longer_than_is_read_cuts_its_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message, "MOST_IN_SEGMENT", 2000)
    assert codes(UNB + UNH + b"BGM+85'FTX+AAA+++" + b"x" * 2000 + b"'" + UNT + UNZ) == ["PH-EDI-9"]
    assert "PH-EDI-9" not in codes(UNB + UNH + b"FTX" + b"+" * 1990 + b"'" + UNT + UNZ)


def test_a_service_segment_longer_than_is_read_is_told_and_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner, "MOST_IN_SEGMENT", 2000)
    content = UNB[:-1] + b"+?" * 1000 + b"++++'" + UNH + UNT + UNZ
    for size in (len(content), 1):
        *messages, last = read(chunked(content, size))
        assert len(messages) == 1
        assert "PH-EDI-9" in [one.code for one in last.findings]


def test_findings_of_an_interchange_are_told_so_many_times() -> None:
    found = validate(UNB + b"UNE+1+G'A'" * 15_000 + UNZ)
    assert len(found) == report.MOST_FINDINGS + 1
    assert [one.code for one in found if one.code.startswith("PH")] == ["PH-EDI-8"]


def test_messages_beyond_those_that_unz_can_count_are_read_and_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_COUNTED", 3)
    *messages, last = read(UNB + (UNH + UNT) * 9 + b"UNZ+9+R'")
    assert len(messages) == 9
    assert len(last.messages) == len(last.detail.messages) == 3
    assert [one.code for one in last.findings] == ["PH-EDI-8"]


def test_a_package_of_absurd_length_takes_the_rest_and_is_told() -> None:
    content = UNB.replace(b"A:2", b"C:4") + b"UNO+1+A:1++999999999999999999'" + UNH + UNT + UNZ
    for size in (len(content), 1):
        (last,) = read(chunked(content, size))
        assert [(one.code, one.position.tag) for one in last.findings if one.code == "13"] == [
            ("13", "UNP"),
            ("13", "UNZ"),
        ]


def test_what_is_remembered_of_partners_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elements, "_REMEMBERED", 50)
    library = Library(shipped())
    body = b"".join(b"RFF+BM:%d'LOC+9+XX%03d'Z%02d+%d'" % (i, i, i % 100, i) for i in range(1000))
    content = UNB + UNH + body + b"X" * 5000 + b"'" + UNT + b"UNH+2+CUSCAR:D:95B:UN:" + b"Y" * 5000 + b"'" + UNT + UNZ
    first, second, _ = read(content, library=library)
    checks = library.specification(first.type, Rules(VERSIONS["2"])).checks
    assert 0 < len(checks._right) <= 50
    assert 0 < sum(len(check.known) for check in checks._by_tag.values() if check) <= 50
    assert max(map(len, checks._right)) <= 256
    assert len(second.type.association) == 70


def test_memory_stays_flat_while_partners_send_ever_new_words() -> None:
    import tracemalloc

    def stream() -> Iterator[bytes]:
        for number in range(400):
            new = b"%d" % number
            yield UNB + b"UNH+1+C%sR:D:95B:UN:%s'X%s" % (new, new, new) + b"x" * 20_000 + b"'"
            yield b"%s+1'RFF+BM:%s'" % (new.zfill(3), new) * 3 + UNT + UNZ

    held = []
    tracemalloc.start()
    for number, part in enumerate(read(stream())):
        del part
        if number in (300, 799):
            held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert held[1] - held[0] < 1_000_000


@pytest.mark.parametrize("flood", ["release characters in a value", "elements", "components", "repetitions", "spaces"])
def test_a_million_of_one_thing_are_read(flood: str) -> None:
    parts = list(read(FLOODS[flood](1_000_000)))
    assert [len(part.findings) <= report.MOST_FINDINGS + 1 for part in parts] == [True, True]


# floods: what is done, and what is kept, grows as the bytes do

FLOODS: dict[str, Callable[[int], bytes]] = {
    "release characters in a value": lambda n: UNB + UNH + b"FTX+AAA+++" + b"?" * n + b"x'" + UNT + UNZ,
    "release characters at a terminator": lambda n: UNB + UNH + b"FTX+AAA+++" + b"?" * (n + 1) + b"'x'" + UNT + UNZ,
    "released terminators": lambda n: UNB + UNH + b"FTX+AAA+++" + b"?'" * n + b"'" + UNT + UNZ,
    "elements": lambda n: UNB + UNH + b"FTX" + b"+\xe9" * n + b"'" + UNT + UNZ,
    "components": lambda n: UNB + UNH + b"FTX+AAA+++" + b"\xe9:" * n + b"'" + UNT + UNZ,
    "repetitions": lambda n: UNB.replace(b"A:2", b"C:4") + UNH + b"FTX+AAA" + b"*x" * n + b"'" + UNT + UNZ,
    "empty segments": lambda n: UNB + UNH + b"'" * n + UNT + UNZ,
    "line breaks in a tag": lambda n: UNB + UNH + b"U" + b"\n" * n + b"NT+2+1'" + UNZ,
    "tags begun": lambda n: UNB + UNH + b"U\nN\n" * n + UNT + UNZ,
    "spaces": lambda n: UNB + UNH + b"FTX+AAA+++a" + b" " * n + b"+'" + UNT + UNZ,
    "spaces before a tag": lambda n: UNB + UNH + b"'" + b" " * n + b"UNB'" + UNZ,
    "segments of unknown tags": lambda n: UNB + UNH + b"".join(b"%04X'" % i for i in range(n // 5)) + UNT + UNZ,
    "messages": lambda n: UNB + (UNH + UNT) * (n // 30) + UNZ,
    "groups": lambda n: UNB + b"UNG+'UNE'" * (n // 30) + UNZ,
    "packages": lambda n: UNB.replace(b"A:2", b"C:4") + b"UNO+'" * (n // 20) + UNZ,
    "strays": lambda n: UNB + b"A'UNE'" * (n // 20) + UNZ,
    "open anti-collision headers": lambda n: UNB.replace(b"A:2", b"C:4") + UNH + b"UGH+1'" * (n // 10) + UNT + UNZ,
    "encrypted data": lambda n: UNB.replace(b"A:2", b"C:4") + UNH + b"USD+99999'" * (n // 10) + UNT + UNZ,
    "encrypted data that ends": lambda n: UNB.replace(b"A:2", b"C:4") + UNH + b"USD+1'xUSU+1'" * (n // 13) + UNT + UNZ,
    "interchanges": lambda n: b"UNB+'" * (n // 60),
    "association codes": lambda n: (
        UNB + b"".join(b"UNH+%d+CUSCAR:D:95B:UN:%d'UNT+2+%d'" % (i, i, i) for i in range(n // 40)) + UNZ
    ),
    "a UNB of many components": lambda n: UNB.replace(b"A+B", b"A" + b":" * n + b"+B") + UNH + UNT + UNZ,
}


Steps = Callable[[Callable[[], object]], int]


def read_through(content: bytes) -> None:
    for part in read(content):
        del part


def parse_through(content: bytes) -> None:
    for one in parse(content):
        del one


@pytest.mark.parametrize("through", [read_through, parse_through])
@pytest.mark.parametrize("flood", FLOODS)
def test_four_times_the_flood_takes_no_more_than_four_times_the_steps(
    flood: str, through: Callable[[bytes], None], steps: Steps
) -> None:
    made = FLOODS[flood]
    through(made(8_000))  # what is compiled, or looked up, once
    large, small = (steps(partial(through, made(size))) for size in (8_000, 2_000))
    assert large <= 4.4 * small + 400


@pytest.mark.parametrize("flood", FLOODS)
def test_memory_for_a_flood_is_in_proportion_to_its_bytes(flood: str) -> None:
    import tracemalloc

    made = FLOODS[flood]
    peaks = []
    for size in (10_000, 40_000):
        content = made(size)
        read_through(content)
        tracemalloc.start()
        read_through(content)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] <= 4.8 * peaks[0] + 50_000
