from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.wco import faults, parser
from adapters.wco.adapter import WcoAdapter
from gateway.model.finding import Finding
from gateway.model.stages import Interchange

Read = Callable[[str | bytes], tuple[list[object], Interchange, list[Finding]]]

BOMB = b"""<?xml version="1.0"?>
<!-- a comment first -->
<!DOCTYPE Declaration [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<Declaration>&b;</Declaration>"""
EXTERNAL = b'<!DOCTYPE D [<!ENTITY x SYSTEM "file:///etc/hostname">]><Declaration><ID>&x;</ID></Declaration>'
HOSTILE = [
    (BOMB, faults.DOCTYPE, 3),
    (EXTERNAL, faults.DOCTYPE, 1),
    (EXTERNAL.decode().encode("utf-16"), faults.DOCTYPE, 1),
    (EXTERNAL.decode().encode("utf-16-le"), faults.DOCTYPE, 1),
    (b"<a>" * 300 + b"</a>" * 300, faults.TOO_DEEP, 1),
    (b"<Declaration>\n<ID>1</ID>", faults.NOT_WELL_FORMED, 2),
    (b"<Declaration><ID>1</Declaration>", faults.NOT_WELL_FORMED, 1),
    (b"<Declaration>&nothere;</Declaration>", faults.NOT_WELL_FORMED, 1),
    (b'<Declaration ID="1" ID="2"/>', faults.NOT_WELL_FORMED, 1),
    (b"<Declaration><!-- a -- b --></Declaration>", faults.NOT_WELL_FORMED, 1),
    (b"", faults.NO_XML, 1),
    (b"  \n", faults.NO_XML, 1),
    (b"UNB+UNOC:3+A+B'", faults.NO_XML, 1),
    (bytes(range(256)), faults.NO_XML, 1),
    (b"\x1f\x8b\x08\x00\x00\x00\x00\x00", faults.NO_XML, 1),
    (b"<Declaration>\n<Name>Caf\xe9</Name></Declaration>", faults.ENCODING, 2),
    (b'<?xml version="1.0" encoding="UTF-16"?><Declaration/>', faults.ENCODING, 1),
    (b'<?xml version="1.0" encoding="EBCDIC-CP-US"?><Declaration/>', faults.ENCODING, 1),
    (b'<?xml version="1.0" encoding="UTF-7"?><Declaration/>', faults.ENCODING, 1),
    (b"\xff\xfe<\x00a\xd8", faults.ENCODING, 1),
    (b"\xff\xfe\x00\x00<\x00\x00\x00", faults.ENCODING, 1),
]


@pytest.mark.parametrize(("content", "code", "line"), HOSTILE, ids=[f"{i}-{case[1]}" for i, case in enumerate(HOSTILE)])
def test_hostile_or_broken_bytes_give_a_placed_finding(read: Read, content: bytes, code: str, line: int) -> None:
    messages, _, found = read(content)
    assert not messages
    assert found[0].code == code
    assert found[0].position.line == line
    assert all(finding.position.line for finding in found)


def test_entity_is_never_read_from_a_file(read: Read) -> None:
    assert all("&x" not in str(finding) and len(finding.value) < 250 for finding in read(EXTERNAL)[2])


def test_xinclude_stays_an_unknown_element(read: Read, report: str) -> None:
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname" parse="text"/>'
    messages, _, found = read(report.replace("</Declaration>", f"{include}</Declaration>"))
    assert [(finding.code, finding.position.xpath) for finding in found] == [
        (faults.UNKNOWN_ELEMENT, "/Declaration/include")
    ]
    assert len(messages) == 1


def test_doctype_inside_a_comment_or_value_is_no_doctype(read: Read, report: str) -> None:
    commented = report.replace("?>\n", "?>\n<!-- <!DOCTYPE x> --><?target <!DOCTYPE y> ?>\n", 1)
    commented = commented.replace("Example Lines", "<![CDATA[<!DOCTYPE z>]]>")
    assert read(commented)[2] == []


def test_oversize_is_refused_before_parsing(report: str) -> None:
    small = WcoAdapter(most_bytes=1000)
    *messages, interchange = small.decode([report.encode()])
    assert not messages
    assert [finding.code for finding in interchange.findings] == [faults.TOO_LARGE]


def test_reading_stops_at_the_size_limit() -> None:
    taken: list[int] = []

    def endless() -> Iterator[bytes]:
        while True:
            taken.append(1)
            yield b" " * 100

    assert parser.gathered(endless(), 1000) is None
    assert len(taken) == 11


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_declared_encodings_are_read(read: Read, report: str, encoding: str) -> None:
    declared = encoding.removesuffix("-sig").upper()
    text = report.replace("UTF-8", declared).replace("Example Lines", "Réseau Exemple")
    messages, _, found = read(text.encode(encoding))
    assert found == []
    name = next(e for e in messages[0].records[1] if e.tag.endswith("}Name"))  # type: ignore[attr-defined]
    assert name.text == "Réseau Exemple"


def test_lines_beyond_the_16_bit_limit_are_right(read: Read, report: str) -> None:
    moved = report.replace("?>\n", "?>\n" + "\n" * 70000, 1).replace("<FunctionCode>9<", "<FunctionCode>999<")
    assert [finding.position.line for finding in read(moved)[2]] == [70003]


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_findings_never_an_exception(content: bytes) -> None:
    *messages, interchange = WcoAdapter().decode([content])
    found = [finding for part in (*messages, interchange) for finding in part.findings]
    assert messages or found
    assert all(finding.position.line for finding in found)


MARKUP = """\
<Declaration> </Declaration> <ID> </ID> <Consignment> </Consignment> <MetaData> </MetaData> <Response/> </a>
<a\xa0b="1"> <?x\xa0y?> <!-- --> <!DOCTYPE\xa0a> &amp; &x; <![CDATA[ ]]> 9 é \x00 2025-03-14
<IssueDateTime\xa0formatCode="304"> </IssueDateTime> <Declaration\xa0xmlns="urn:x">
<x:Response\xa0xmlns:x="urn:pierhead:profile:response:1"/> \xa0
"""
PIECES = st.sampled_from([piece.replace("\xa0", " ") for piece in re.split(r"[ \n]", MARKUP)])


@settings(deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_any_markup_gives_findings_never_an_exception(content: str) -> None:
    adapter = WcoAdapter()
    *messages, interchange = adapter.decode([content.encode("utf-8", "replace")])
    for part in (*messages, interchange):
        assert all(finding.position.line for finding in part.findings)
    assert adapter.envelope(content.encode("utf-8", "replace")).standard == "wco"


@settings(deadline=None)
@given(st.data())
def test_any_damage_to_a_document_gives_findings_never_an_exception(data: st.DataObject) -> None:
    source = Path(__file__).with_name("conftest.py").read_text("utf-8")
    text = source.partition('REPORT = """')[2].partition('"""')[0].encode()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 60)))
    damaged = text[:start] + data.draw(st.binary(max_size=5)) + text[end:]
    *messages, interchange = WcoAdapter().decode([damaged])
    for part in (*messages, interchange):
        assert all(finding.position.line for finding in part.findings)
