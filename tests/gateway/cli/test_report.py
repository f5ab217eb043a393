"""The report that people read: its excerpts and carets, what it groups, and what it never prints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cli_bench import MANIFEST, ROOT, Run
from rich.cells import cell_len

from gateway.cli.content import Passage
from gateway.cli.findings import Report
from gateway.cli.remark import Remark
from gateway.model.finding import Finding, Kind, Position
from gateway.plugin import Clause, Names

Write = Callable[[str, str], Path]
REPORTS = Path(__file__).parent / "reports"
LONG = MANIFEST.replace("3000AA+NL'", "3000AA+NLNLNL'")
CARET = "^"


def marked(printed: str, code: str) -> str:
    """Return what the caret of the first finding of a code points at, by columns of a terminal."""
    lines = printed.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith((f"error {code} ", f"warning {code} ")))
    while CARET not in lines[at]:
        at += 1
    first, last = lines[at].index(CARET), lines[at].rindex(CARET)
    found, column = "", 0
    for character in lines[at - 1]:
        if first <= column <= last:
            found += character
        column += cell_len(character)
    return found


def test_the_report_on_every_kind_of_fault_is_the_one_looked_over(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    # made anew by: cd tests/gateway/cli/reports && COLUMNS=100 pierhead validate every-kind.edi > every-kind.txt
    monkeypatch.chdir(REPORTS)
    monkeypatch.setenv("COLUMNS", "100")
    assert run("validate", "every-kind.edi").out == (REPORTS / "every-kind.txt").read_text("utf-8")


@pytest.mark.parametrize("columns", [60, 100])
def test_no_line_is_wider_than_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.chdir(REPORTS)
    monkeypatch.setenv("COLUMNS", str(columns))
    assert max(map(cell_len, run("validate", "every-kind.edi").out.splitlines())) <= columns


def test_a_finding_has_file_line_and_column_as_editors_take_them(run: Run, write: Write) -> None:
    file = write("long.edi", LONG)
    printed = run("validate", file).out
    assert f"--> {file}:16:47" in printed
    assert LONG.splitlines()[15][46:].startswith("NLNLNL")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("latin 1", LONG.replace("QUAY", "ÄÖÉ").encode("latin-1")),
        ("UTF-8", LONG.replace("UNOC:3", "UNOW:4").replace("QUAY", "株式会社é").encode()),
        ("released", LONG.replace("QUAY", "O?'NEIL ?+ S?:N ??").encode()),
        ("one line", LONG.replace("\n", "").encode()),
        ("level B", LONG[10:].replace("\n", "").translate({39: 28, 43: 29, 58: 31}).replace("UNOC", "UNOB").encode()),
        ("wrapped before", LONG.replace("QUAY 1", "QUA\r\nY 1").encode()),
    ],
)
def test_the_caret_stands_under_the_value_meant(run: Run, tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / f"{name}.edi"
    file.write_bytes(content)
    assert marked(run("validate", file).out, "39") == "NLNLNL"


def test_a_value_that_is_wrapped_is_marked_to_its_end(run: Run, write: Write) -> None:
    printed = run("validate", write("wrapped.edi", LONG.replace("NLNLNL", "NLN\nLNL"))).out
    assert marked(printed, "39") == "NLN␊LNL"


def test_the_caret_of_a_missing_segment_stands_behind_the_one_before_it(run: Run, write: Write) -> None:
    printed = run("validate", write("gap.edi", MANIFEST.replace("BGM+85+MAN1+9'\n", ""))).out.splitlines()
    at = next(number for number, line in enumerate(printed) if "BGM is missing" in line)
    assert printed[at + 2].endswith("UNH+1+CUSCAR:D:95B:UN'")
    assert printed[at + 3].index(CARET) == len(printed[at + 2])


def test_a_missing_trailer_belongs_behind_the_last_segment(run: Run, write: Write) -> None:
    printed = run("validate", write("open.edi", MANIFEST.replace("UNZ+1+REF1'\n", ""))).out.splitlines()
    at = next(number for number, line in enumerate(printed) if "UNZ is missing" in line)
    assert printed[at + 2].endswith("UNT+19+1'")
    assert printed[at + 3].index(CARET) == len(printed[at + 2])


def test_each_interchange_is_quoted_by_its_own_service_characters(run: Run, write: Write) -> None:
    other = LONG[10:].replace("REF1", "REF2").translate(str.maketrans("'+:", "~*>"))
    printed = run("validate", write("two.edi", LONG + "UNA>*.? ~" + other)).out
    assert "NAD+CN+++IMPORTER BV+QUAY 1+ROTTERDAM++3000AA+NLNLNL'\n" in printed
    found = run("validate", write("two.edi", LONG + "UNA>*.? ~" + other), "--json").json["files"][0]["findings"]
    assert [one["excerpt"][-1] for one in found if one["code"] == "39"] == ["'", "~"]


def test_names_rule_and_source_come_from_the_directory(run: Run, write: Write) -> None:
    printed = run("validate", write("long.edi", MANIFEST.replace("BAL:172:20'", "BAL:1722:20'"))).out
    assert "NAD Name and address, C082 Party identification details, 1131 Code list qualifier" in printed
    assert "too long: directory D.95B, NAD C082.1131 an..3" in printed


def test_like_findings_are_told_once_with_the_places_of_the_others(run: Run, write: Write) -> None:
    bill = MANIFEST[MANIFEST.index("CNI+1") : MANIFEST.index("UNT+")].replace("+NL'", "+NLNLNL'")
    bills = "".join(bill.replace("CNI+1", f"CNI+{number}") for number in range(2, 60))
    text = MANIFEST.replace("UNT+", f"{bills}UNT+")
    printed = run("validate", write("many.edi", text)).out
    assert printed.count("error 39  ") == 1
    assert "and 53 more of these" in printed
    assert "error     39          58  too long" in printed


def test_a_partners_control_characters_never_reach_the_terminal(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "escape.edi"
    file.write_bytes(LONG.replace("QUAY", "\x1b[2J\x9b31m\x07").replace("BL0001", "\x1b]0;x\x07").encode("latin-1"))
    for option in ((), ("--contrl",)):
        printed = run("validate", file, *option).out
        assert all(character.isprintable() or character == "\n" for character in printed)


def test_the_summary_has_every_message_every_code_and_the_control_totals(run: Run) -> None:
    printed = run("validate", ROOT / "samples/edifact/cuscar/totals-disagree.edi").out
    assert "1 CUSCAR D95B 1               34      7        1 rejected" in printed
    assert "error     PH-1202      1  Gross mass of the report does not add up" in printed
    assert "      1  gross mass     9100 KGM  9000 KGM" in printed
    assert "arrived: 1 interchange, 1 message, 34 segments, 913 bytes" in printed


def test_an_interchange_with_findings_has_a_line_of_its_own_in_the_summary(run: Run, write: Write) -> None:
    printed = run("validate", write("count.edi", MANIFEST.replace("UNZ+1", "UNZ+4"))).out
    assert "1 CUSCAR D95B 1               19      0        0 accepted" in printed
    assert "  interchange REF1                    1        0 rejected" in printed


def test_a_line_of_xml_is_read_in_its_own_encoding(run: Run, tmp_path: Path) -> None:
    text = (ROOT / "samples/wco/cargo-report/latin-1.xml").read_text("latin-1")
    assert "<Name>" in text
    file = tmp_path / "latin-1.xml"
    name = "ÄRMEL É " * 40
    file.write_bytes(text.replace("<Name>", f"<Name>\n{name[:150]}", 1).encode("latin-1"))
    found = run("validate", file, "--json").json["files"][0]["findings"]
    assert any(one.get("excerpt", "").startswith("<Name>") for one in found)
    assert not any("\ufffd" in one.get("excerpt", "") for one in found)


def test_a_document_on_one_line_has_its_place_without_an_excerpt(run: Run, tmp_path: Path) -> None:
    text = (ROOT / "samples/wco/cargo-report/schema-faults.xml").read_text("utf-8")
    file = tmp_path / "one-line.xml"
    file.write_text("".join(line.strip() + " " for line in text.splitlines()), "utf-8")
    result = run("validate", file)
    assert f"--> {file}:1:1" in result.out
    assert "PackageQuantity (WCO X011)" in result.out


def test_a_long_record_is_cut_around_what_is_meant() -> None:
    excerpt = Passage("NAD+" + "A" * 500 + "+", "WRONG", "+" + "B" * 500 + "'").excerpt(60)
    assert cell_len(excerpt.text) <= 60
    assert excerpt.text[0] == excerpt.text[-1] == "…"
    assert excerpt.column is not None
    assert excerpt.text[excerpt.column : excerpt.column + excerpt.width] == "WRONG"


@pytest.mark.parametrize("columns", [10, 40, 80])
@pytest.mark.parametrize(
    "parts", [("", "x" * 300, ""), ("株" * 90, "", "'"), ("a", "株" * 90, "b"), ("", "", "y" * 99)]
)
def test_no_excerpt_is_wider_than_asked(parts: tuple[str, str, str], columns: int) -> None:
    excerpt = Passage(*parts).excerpt(columns)
    assert cell_len(excerpt.text) <= columns
    assert cell_len(excerpt.caret) <= columns + 1


def test_a_report_keeps_no_more_than_it_shows() -> None:
    report = Report("big.edi")
    for number in range(20_000):
        finding = Finding("39", Kind.ELEMENT, "too long", Position(tag=f"T{number % 3000}", segment=number))
        remark = Remark(finding, 1, None, Names(), Clause("too long"))
        report.add(finding, lambda remark=remark: remark)
    assert sum(1 + len(alike.others) for alike in report._alike.values()) <= 5 * 500
    assert sum(alike.number for alike in report._alike.values()) + report.left_out == 20_000
    assert report.codes.total() == 20_000
