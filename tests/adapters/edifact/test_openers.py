"""Tolerant structure: which group a segment opens where mandatory segments before it are absent."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from adapters.edifact.checks.openers import OPENERS
from adapters.edifact.checks.placement import place
from adapters.edifact.directories.definitions import Member
from adapters.edifact.directories.dictionary import shipped
from adapters.edifact.directories.structure import Structure, structure

CPS, PAC, QTY = (Member(tag, True, 1) for tag in ("CPS", "PAC", "QTY"))


def built(message: str, directory: str) -> Structure:
    members = shipped().message(message, directory)
    assert members is not None
    return structure(message, directory, members)


def groups(message: str, directory: str, body: str) -> list[tuple[str, int]]:
    """The tag of each segment of a body with the number of its group, 0 for none."""
    known = built(message, directory)
    found = place(known, f"UNH'{body}UNT".split("'"))
    return [(known.places[at].name, _group(known, at)) for at in found.places][1:-1]


def _group(known: Structure, at: int) -> int:
    found = known.places[at]
    while found.parent is not None and found.group is None:
        found = found.parent
    return found.group or 0


def missing(message: str, directory: str, body: str) -> Sequence[str]:
    known = built(message, directory)
    return [
        fault.place.name
        for fault in place(known, f"UNH'{body}UNT".split("'")).faults
        if fault.code == "13" and fault.place
    ]


def test_a_quantity_before_inv_is_of_the_item_although_the_package_may_have_it() -> None:
    """INVRPT, which is not shipped, is ambiguous in D95B and D96B: QTY stands in SG11, and behind PAC in SG16."""
    package = Member("CPS", False, 9, 15, (CPS, Member("PAC", False, 9, 16, (PAC, Member("QTY", False, 10)))))
    quantity = Member("QTY", False, 9, 11, (QTY, Member("INV", False, 1), package))
    item = Member("LIN", False, 9, 9, (Member("LIN", True, 1), quantity))
    known = structure("INVRPT", "D95B", (Member("UNH", True, 1), item, Member("UNT", True, 1)))

    def placed(tags: str) -> list[int]:
        found = place(known, tags.split())
        assert found.faults == ()
        return [_group(known, at) for at in found.places]

    assert placed("UNH LIN QTY INV CPS PAC QTY QTY INV UNT") == [0, 9, 11, 11, 15, 16, 16, 11, 11, 0]
    assert placed("UNH LIN QTY INV CPS PAC QTY QTY UNT") == [0, 9, 11, 11, 15, 16, 16, 16, 0]


@pytest.mark.parametrize(
    ("message", "tag"), [(name, tag) for name, tags in OPENERS.items() for tag in tags if name != "INVRPT"]
)
def test_each_opener_decides_between_two_places_of_some_directory(message: str, tag: str) -> None:
    """Where a mandatory segment is absent, the tag alone would lead to the nearer place."""
    for directory in ("D95B", "D96A", "D13A", "D19A"):
        if shipped().message(message, directory) is None:
            continue
        known = built(message, directory)
        for clean, gaps in zip(known.transitions, known.recovery, strict=True):
            if (
                tag in gaps
                and known.place_of_state[clean.get(tag, gaps[tag][0].state)]
                != (known.place_of_state[gaps[tag][-1].state])
            ):
                return
    pytest.fail("no directory needs it")


BAPLIE = "BGM'DTM+137'TDT+20'LOC+5'LOC+61'DTM+178'"
CASES = [
    # BAPLIE 2: RFF is absent in the first cell, and LOC may stand in it nine times
    (
        "BAPLIE",
        "D95B",
        BAPLIE + "LOC+147'MEA+WT'LOC+9'LOC+147'MEA+WT'LOC+9'RFF+BM'",
        [("LOC", 1)] * 2 + [("LOC", 2)] * 4,
        ["RFF"],
    ),
    # without a cell's qualifier LOC is one more place of the same cell
    ("BAPLIE", "D95B", BAPLIE + "LOC+147'MEA+WT'LOC+9'LOC+11'RFF+BM'", [("LOC", 1)] * 2 + [("LOC", 2)] * 3, []),
    # DTM of the voyage is absent: the first LOC+147 is a cell, although TDT may have a second LOC
    ("BAPLIE", "D95B", "BGM'DTM+137'TDT+20'LOC+5'LOC+147'MEA+WT'RFF+BM'", [("LOC", 1), ("LOC", 2)], ["DTM"]),
    # BAPLIE 3: UNS is absent
    ("BAPLIE", "D13A", "BGM'TDT+20'LOC+5'LOC+147'EQD+CN'CNT'", [("LOC", 5), ("LOC", 6)], ["UNS"]),
    ("BAPLIE", "D13A", "BGM'TDT+20'LOC+5'LOC+61'UNS+D'LOC+147'EQD+CN'CNT'", [("LOC", 5)] * 2 + [("LOC", 6)], []),
    (
        "MOVINS",
        "D95B",
        "BGM'DTM'TDT'LOC+5'DTM'HAN+LOA'LOC+147'RFF+BM'LOC+147'RFF+BM'NAD'",
        [("LOC", 1), ("LOC", 3), ("LOC", 3)],
        ["NAD"],
    ),
    (
        "MOVINS",
        "D95B",
        "BGM'DTM'TDT'LOC+5'DTM'HAN+LOA'LOC+147'RFF+BM'LOC+9'NAD'",
        [("LOC", 1), ("LOC", 3), ("LOC", 3)],
        [],
    ),
    # RFF before DGS heads the dangerous goods, any other is of the cell
    ("MOVINS", "D95B", "BGM'DTM'TDT'LOC+5'DTM'HAN+LOA'LOC+147'RFF+BM'RFF+HS'DGS'", [("RFF", 3), ("RFF", 8)], ["NAD"]),
    ("MOVINS", "D95B", "BGM'DTM'TDT'LOC+5'DTM'HAN+LOA'LOC+147'RFF+BM'RFF+HS'NAD'", [("RFF", 3), ("RFF", 3)], []),
    # HAN before a cell heads a list of cells, any other is of the container
    (
        "MOVINS",
        "D19A",
        "BGM'TDT'HAN+LOA'LOC+147'EQD+CN'HAN+DIS'LOC+147'EQD+CN'",
        [("HAN", 6), ("HAN", 6)],
        ["CNT", "CNT"],
    ),
    ("MOVINS", "D19A", "BGM'TDT'HAN+LOA'LOC+147'EQD+CN'HAN+KC'LOC+9'CNT'", [("HAN", 6), ("HAN", 8)], []),
    # TDT is absent: a passenger is none of the parties of the report
    ("PAXLST", "D05B", "BGM'NAD+MS'NAD+FL'DTM'NAD+FM'", [("NAD", 1), ("NAD", 4), ("NAD", 4)], ["TDT"]),
    ("PAXLST", "D05B", "BGM'NAD+MS'NAD+MR'TDT'DTM'NAD+FL'", [("NAD", 1), ("NAD", 1), ("NAD", 4)], []),
    # GID is absent in both bills; were it in the second, the message would be right with RFF in the group of NAD
    ("CUSCAR", "D95B", "BGM'CNI'RFF+BM'NAD+CN'RFF+BM'", [("RFF", 5), ("RFF", 5)], ["GID", "GID"]),
    ("CUSCAR", "D95B", "BGM'CNI'RFF+BM'NAD+CN'RFF+VA'GID'", [("RFF", 5), ("RFF", 7)], []),
    ("CUSCAR", "D16A", "BGM'CNI'RFF+MB'TDT'RFF+AAZ'RFF+BH'", [("RFF", 8), ("RFF", 10), ("RFF", 8)], ["GID", "GID"]),
    # LOC of the voyage is absent: what is measured is a tank
    ("TANSTA", "D96A", "BGM'DTM'TDT'LOC+200'MEA'", [("LOC", 3)], ["LOC", "DTM"]),
    ("TANSTA", "D96A", "BGM'DTM'TDT'LOC+5'DTM'LOC+200'MEA'", [("LOC", 2), ("LOC", 3)], []),
    # UNS+D is absent: a goods item is one all the same, and so is the summary
    ("CUSDEC", "D95B", "BGM'LOC+9'NAD+CN'CST+1'UNS+S'CNT'", [("CST", 30), ("UNS", 0)], ["UNS"]),
    ("CUSDEC", "D95B", "BGM'CST'LOC+9'UNS+D'CST+1'UNS+S'CNT'", [("CST", 0), ("CST", 30)], []),
    ("CUSDEC", "D95B", "BGM'LOC+9'NAD+CN'UNS+S'CNT'", [("UNS", 0), ("CNT", 0)], ["UNS"]),
]


@pytest.mark.parametrize(("message", "directory", "body", "expected", "absent"), CASES)
def test_a_segment_goes_where_its_qualifier_or_what_follows_says(
    message: str, directory: str, body: str, expected: list[tuple[str, int]], absent: list[str]
) -> None:
    tags = {tag for tag, _ in expected}
    assert [one for one in groups(message, directory, body) if one[0] in tags] == expected
    assert missing(message, directory, body) == absent
