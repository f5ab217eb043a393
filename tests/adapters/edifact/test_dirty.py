"""What partners really send: every dirty form is read, is told at its place, and rejects only where policy says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from adapters.edifact import read
from adapters.edifact.contrl import acknowledge
from gateway.model.conventions import AS_DECLARED, Conventions
from gateway.model.finding import Finding, Kind, Severity
from gateway.model.policy import REPORT_ONLY, STRICT, TOLERANT, Policy
from gateway.model.stages import Interchange, Message

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
UNB = "UNB+UNOA:3+SHIPCO:ZZ+PORTX:ZZ+250314:1230+R1'"
UNH = "UNH+1+CUSCAR:D:95B:UN'"
BODY = "BGM+85+MAN1+9'DTM+137:20250314:102'NAD+MS+SHIPCO'"
CLEAN = f"{UNB}{UNH}{BODY}UNT+5+1'UNZ+1+R1'"
IN_4 = CLEAN.replace("UNOA:3", "UNOA:4").replace("250314:1230", "20250314:1230")
CELL = "LOC+147+0010182::5'MEA+WT++KGM:2200'LOC+9+NLRTM:139:6'RFF+BM:1'"
STOWAGE = f"BGM++1+9'DTM+137:2503141230:201'TDT+20+1'LOC+5+NLRTM:139:6'DTM+178:250313:101'{CELL * 3}"
CUSDEC = "BGM+929'LOC+9+NLRTM'NAD+CN+SHIPCO'CST+1'UNS+S'CNT+5:1'"


def named(kind: str, body: str, head: str = UNB) -> str:
    return f"{head}UNH+1+{kind}'{body}UNT+{body.count(chr(39)) + 2}+1'UNZ+1+R1'"


def wrapped(text: str, width: int = 80) -> str:
    return "\r\n".join(text[at : at + width] for at in range(0, len(text), width))


@dataclass(frozen=True)
class Form:
    """A dirty form, and what is found: code, kind, severity, level, tag, and what stands at its byte.

    `strict` and `tolerant` say whether an agreement of that kind takes it, `clean` what it must be read as.
    """

    content: str | bytes
    found: Sequence[tuple[str, Kind, Severity, str, str, str]]
    strict: bool = True
    tolerant: bool = True
    clean: str = CLEAN
    agreed: Conventions = AS_DECLARED
    found_among_others: bool = False

    @property
    def bytes(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else self.content.encode("latin-1")


ERROR, WARNING = Severity.ERROR, Severity.WARNING
PREFIX, WRAPPING = ("PH-EDI-1", Kind.PREFIX, WARNING), ("PH-EDI-2", Kind.WRAPPING, WARNING)
SPACED, EMPTY = ("PH-EDI-7", Kind.WRAPPING, WARNING), ("PH-EDI-3", Kind.FORM, WARNING)
COUNT = ("29", Kind.COUNT, ERROR)
ABSENT, TRAILING = ("13", Kind.STRUCTURE, ERROR), ("45", Kind.TRAILING, ERROR)

FORMS = {
    "lower case under UNOA": Form(
        CLEAN.replace("MAN1", "Man1"),
        [("21", Kind.CHARSET, ERROR, "UCD", "BGM", "Man1")],
        strict=False,
        clean=CLEAN.replace("MAN1", "Man1"),
    ),
    "lower case in UNB under UNOA": Form(
        CLEAN.replace("SHIPCO:", "Shipco:"),
        [("21", Kind.CHARSET, ERROR, "UCI", "UNB", "Shipco")],
        strict=False,
    ),
    "wrapped at 80 columns": Form(wrapped(CLEAN), [(*WRAPPING, "UCM", "", "UNH")]),
    "wrapped inside a tag": Form(CLEAN.replace("DTM+", "D\r\nTM+"), [(*WRAPPING, "UCM", "", "UNH")]),
    "wrapped inside an element": Form(CLEAN.replace("MAN1", "MA\r\nN1"), [(*WRAPPING, "UCM", "", "UNH")]),
    "wrapped inside a count": Form(CLEAN.replace("UNT+5", "UNT+\r\n5"), [(*WRAPPING, "UCM", "", "UNH")]),
    "wrapped inside UNH": Form(CLEAN.replace("UNH", "U\nNH"), [(*WRAPPING, "UCM", "", "U\nNH")]),
    "wrapped inside UNT": Form(CLEAN.replace("UNT", "UN\r\nT"), [(*WRAPPING, "UCM", "", "UNH")]),
    "wrapped inside UNB": Form(CLEAN.replace("PORTX", "POR\r\nTX"), [(*WRAPPING, "UCI", "", "UNB")]),
    "wrapped inside UNZ": Form(CLEAN.replace("UNZ", "UN\r\nZ"), [(*WRAPPING, "UCI", "", "UN\r\nZ")]),
    "newline behind each segment": Form(CLEAN.replace("'", "'\r\n"), []),
    "newline behind UNA": Form("UNA:+.? '\r\n" + CLEAN, []),
    "spaces behind each segment": Form(
        CLEAN.replace("'", "'  "), [(*SPACED, "UCM", "", "UNH"), (*SPACED, "UCI", "", "UNB")]
    ),
    "spaces behind UNA": Form("UNA:+.? '   " + CLEAN, [(*SPACED, "UCI", "", "UNA")]),
    "empty segments": Form(CLEAN.replace("'B", "''B"), [(*EMPTY, "UCM", "", "UNH")]),
    "UNB missing": Form(
        f"{UNH}{BODY}UNT+5+1'", [("13", Kind.ENVELOPE, ERROR, "UCI", "UNB", "UNH")], strict=False, tolerant=False
    ),
    "UNZ missing": Form(
        CLEAN.removesuffix("UNZ+1+R1'"),
        [("13", Kind.ENVELOPE, ERROR, "UCI", "UNZ", "")],
        strict=False,
        tolerant=False,
    ),
    "last terminator missing": Form(CLEAN[:-1], [("PH-EDI-5", Kind.FORM, WARNING, "UCI", "UNZ", "UNZ")]),
    "text header": Form("FROM SHIPCO TO PORTX\r\n\r\nUNA:+.? '" + CLEAN, [(*PREFIX, "UCI", "", "FROM")]),
    "teletype header": Form("ZCZC SITA\r\nQU RTMXX\r\n.SHIPCO 141230\r\n" + CLEAN, [(*PREFIX, "UCI", "", "ZCZC")]),
    "byte order mark": Form(b"\xef\xbb\xbf" + CLEAN.encode(), [(*PREFIX, "UCI", "", "\xef\xbb\xbf")]),
    "text behind": Form(CLEAN + "\r\nNNNN\r\n", [(*PREFIX, "UCI", "", "\r\nNNNN")]),
    "end of file as a character": Form(CLEAN + "\r\n\x1a", []),
    'terminator "': Form(
        CLEAN.replace("'", '"'), [("22", Kind.SYNTAX, ERROR, "UCI", "UNB", "UNB")], strict=False, tolerant=False
    ),
    'terminator " by UNA': Form('UNA:+.? "' + CLEAN.replace("'", '"'), []),
    "newline as terminator": Form(
        CLEAN.replace("'", "\n"), [("22", Kind.SYNTAX, ERROR, "UCI", "UNB", "UNB")], strict=False, tolerant=False
    ),
    "newline with return as terminator": Form(
        CLEAN.replace("'", "\r\n"), [("22", Kind.SYNTAX, ERROR, "UCI", "UNB", "UNB")], strict=False, tolerant=False
    ),
    "separators without UNA": Form(
        CLEAN.replace("+", "|").replace(":", "^").replace("'", "~"),
        [("22", Kind.SYNTAX, ERROR, "UCI", "UNB", "UNB")],
        strict=False,
        tolerant=False,
    ),
    "wrong count": Form(CLEAN.replace("UNT+5", "UNT+6"), [(*COUNT, "UCM", "UNT", "6")], strict=False),
    "wrong count of messages": Form(CLEAN.replace("UNZ+1", "UNZ+3"), [(*COUNT, "UCI", "UNZ", "3")], strict=False),
    "leading zeros in counts": Form(CLEAN.replace("UNT+5", "UNT+000005").replace("UNZ+1", "UNZ+000001"), []),
    "count too long": Form(
        CLEAN.replace("UNT+5", "UNT+0000005"), [("39", Kind.ELEMENT, ERROR, "UCM", "UNT", "0000005")], strict=False
    ),
    "wrong directory": Form(
        CLEAN.replace("CUSCAR:D:95B", "IFCSUM:D:1313"),
        [
            ("PH-EDI-4", Kind.DIRECTORY, WARNING, "UCM", "UNH", "IFCSUM"),
            ("39", Kind.ELEMENT, ERROR, "UCM", "UNH", "1313"),
        ],
        strict=False,
    ),
    "no such directory": Form(
        CLEAN.replace("95B", "93Z"), [("PH-EDI-4", Kind.DIRECTORY, WARNING, "UCM", "UNH", "CUSCAR")]
    ),
    "a BAPLIE that is named MOVINS": Form(
        named("MOVINS:D:95B:UN", STOWAGE),
        [("PH-EDI-10", Kind.DIRECTORY, WARNING, "UCM", "UNH", "MOVINS")],
        found_among_others=True,
        strict=False,
        tolerant=False,
        clean=named("MOVINS:D:95B:UN", STOWAGE),
    ),
    "trailing separators before version 4": Form(
        CLEAN.replace("85+MAN1+9'", "85::+MAN1+9++++'"),
        [],
        clean=CLEAN.replace("85+MAN1+9'", "85::+MAN1+9++++'"),
    ),
    "trailing separators in version 4": Form(
        IN_4.replace("MAN1+9'", "MAN1+9+'"),
        [(*TRAILING, "UCD", "BGM", "'")],
        strict=False,
        clean=IN_4.replace("MAN1+9'", "MAN1+9+'"),
    ),
    "repetition agreed to be off": Form(
        IN_4.replace("MAN1", "MAN*1"), [], clean=IN_4.replace("MAN1", "MAN*1"), agreed=Conventions(repetition=False)
    ),
    "the comma agreed on as decimal mark": Form(
        CLEAN.replace("NAD+MS+SHIPCO'", "CNT+7:1.5:KGM'"),
        [("19", Kind.ELEMENT, ERROR, "UCD", "CNT", "1.5")],
        strict=False,
        clean=CLEAN.replace("NAD+MS+SHIPCO'", "CNT+7:1.5:KGM'"),
        agreed=Conventions(decimal=","),
    ),
    "another character set than agreed on": Form(
        CLEAN.replace("MAN1", "\xd3"), [], clean=CLEAN.replace("MAN1", "\xd3"), agreed=Conventions(charset="UNOC")
    ),
    "an unknown segment": Form(
        CLEAN.replace("NAD+MS+SHIPCO'", "ZZZ+1'"),
        [("15", Kind.STRUCTURE, ERROR, "UCS", "ZZZ", "ZZZ")],
        strict=False,
        tolerant=False,
        clean=CLEAN.replace("NAD+MS+SHIPCO'", "ZZZ+1'"),
    ),
    "UNS+D absent": Form(
        named("CUSDEC:D:95B:UN", CUSDEC),
        [(*ABSENT, "UCS", "NAD", "CST")],
        strict=False,
        tolerant=False,
        clean=named("CUSDEC:D:95B:UN", CUSDEC),
    ),
    **{f"character set {code}": Form(CLEAN.replace("UNOA", code), []) for code in ("IATA", "IATB", "KECA", "SIRE")},
}


def parts(form: Form) -> list[Message | Interchange]:
    return list(read([form.bytes], form.agreed))


def findings(form: Form) -> list[Finding]:
    return [finding for part in parts(form) for finding in part.findings]


@pytest.mark.parametrize("name", FORMS)
def test_it_is_told_at_its_place(name: str) -> None:
    form = FORMS[name]
    told = findings(form)
    if form.found_among_others:
        told = [finding for finding in told if finding.code == form.found[0][0]]
    assert [(f.code, f.kind, f.severity, f.level, f.position.tag) for f in told] == [one[:5] for one in form.found]
    content = form.bytes.decode("latin-1")
    for finding, (*_, text) in zip(told, form.found, strict=True):
        at = finding.position.offset
        assert at is not None
        assert content[at : at + len(text)] == text
        assert text or at == len(content)


@pytest.mark.parametrize("name", FORMS)
def test_it_is_read_as_the_clean_one_is(name: str) -> None:
    form = FORMS[name]
    (read_as,) = [part for part in parts(form) if isinstance(part, Message)]
    (meant,) = [part for part in read([form.clean.encode("latin-1")], form.agreed) if isinstance(part, Message)]
    assert [record for record in read_as.records if record[0] not in ("UNH", "UNT")] == meant.records[1:-1]


@pytest.mark.parametrize("name", FORMS)
def test_policy_says_whether_it_is_taken(name: str) -> None:
    form = FORMS[name]

    def taken(policy: Policy) -> bool:
        return all(finding.severity is not ERROR for finding in policy.judge_all(findings(form)))

    codes = {finding.code for finding in findings(form)}
    assert taken(Policy(STRICT)) is form.strict
    assert taken(Policy(TOLERANT)) is form.tolerant
    assert taken(Policy(REPORT_ONLY))
    assert taken(Policy(STRICT, codes=dict.fromkeys(codes, WARNING)))
    assert taken(Policy(REPORT_ONLY, codes=dict.fromkeys(codes, ERROR))) is not bool(codes)


@pytest.mark.parametrize("name", FORMS)
def test_contrl_tells_what_an_agreement_refuses_though_the_standard_has_no_code_for_it(name: str) -> None:
    form = FORMS[name]
    refused = Policy(codes=dict.fromkeys((f.code for f in findings(form)), ERROR)).judge_all(findings(form))
    content = acknowledge(parts(form)[-1], refused, reference="C1", now=NOW)
    if content is None:
        assert name == "UNB missing"
        return
    said = content.decode("latin-1")
    assert ("+4" in said) is bool(refused)
    if refused and all(finding.code.startswith("PH-") for finding in refused):
        assert "+18" in said


def test_dummy_references_are_told_and_each_message_is_read() -> None:
    message = f"{UNH}{BODY}UNT+5+1'"
    form = Form(f"{UNB}{message * 3}UNZ+3+R1'", ())
    assert [(f.code, f.kind, f.level, f.position.tag) for f in findings(form)] == [
        ("26", Kind.REFERENCE, "UCM", "UNH"),
        ("26", Kind.REFERENCE, "UCM", "UNH"),
    ]
    assert sum(isinstance(part, Message) for part in parts(form)) == 3


def test_a_reference_in_unt_of_its_own_is_told() -> None:
    form = Form(CLEAN.replace("UNT+5+1", "UNT+5+0"), ())
    assert [(f.code, f.kind, f.level, f.value) for f in findings(form)] == [("28", Kind.REFERENCE, "UCM", "0")]


@pytest.mark.parametrize(
    ("code", "codec", "text"),
    [
        ("UNOC", "latin-1", "Überseehäfen"),
        ("UNOD", "iso8859-2", "Łódź Škoda"),
        ("UNOE", "iso8859-5", "Порт Крым"),
        ("UNOF", "iso8859-7", "Πειραιάς"),
        ("UNOG", "iso8859-3", "Ħaż-Żabbar"),
        ("UNOH", "iso8859-4", "Rīga Klaipėda"),
        ("UNOI", "iso8859-6", "ميناء"),
        ("UNOJ", "iso8859-8", "נמל חיפה"),
        ("UNOK", "iso8859-9", "İzmir Kuşadasi"),
        ("UNOL", "iso8859-15", "Œuvre €"),
        ("UNOW", "utf-8", "Łódź 上海"),
        ("UNOX", "iso2022_jp_2", "上海"),
        ("UNOY", "utf-8", "Порт 港"),
        ("KECA", "euc_kr", "부산"),
    ],
)
def test_text_is_decoded_by_the_set_that_unb_declares(code: str, codec: str, text: str) -> None:
    content = CLEAN.replace("UNOA:3", f"{code}:3").encode().replace(b"MS+SHIPCO", b"MS+++" + text.encode(codec))
    message, _ = read([content])
    assert isinstance(message, Message)
    assert message.records[3] == ["NAD", "MS", "", "", text]
    assert message.findings == ()
