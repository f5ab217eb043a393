"""What a profile demands: which instance lacks what, and behind which segment it belongs."""

from __future__ import annotations

import pytest

from adapters.edifact.checks.placement import place
from adapters.edifact.checks.specification import Library
from adapters.edifact.directories.dictionary import shipped
from adapters.edifact.directories.structure import structure
from adapters.edifact.profiles.file import read_profile
from adapters.edifact.profiles.profile import found
from adapters.edifact.profiles.requirements import Held, missing, requirement

HEAD = "profile: own\nabout: x\nmessages:\n- message: CUSCAR D96B\n  require:\n"
MEMBERS = shipped().message("CUSCAR", "D96B")
CUSCAR = structure("CUSCAR", "D96B", MEMBERS)

#: UNH 1, BGM 2, DTM 3, RFF 4, NAD 5, CTA 6, COM 7, TDT 8, LOC 9, TDT 10, DTM 11, CNI 12, RFF 13, CNI 14, RFF 15 ...
MESSAGE = (
    "UNH+1+CUSCAR:D:96B:UN'BGM+85+M1+9'DTM+137:20250314:102'RFF+AFB:1'NAD+CA+SHIPCO:172:20'CTA+IC+:INVENTED'"
    "COM+1:TE'TDT+20+511E+1'LOC+9+NLRTM:139:6'TDT+30+X+3'DTM+132:20250314:102'"
    "CNI+1+B1'RFF+BM:B1'LOC+9+NLRTM'RFF+BM:B2'CNI+2+B3'RFF+MB:B3'UNT+18+1'"
)


def lacking(text: str, message: str = MESSAGE) -> list[tuple[int, int]]:
    """Return where one demand is missing: the segment before the gap, and the one that lacks it."""
    profile = read_profile(f"{HEAD}  - {text}\n".encode(), "own.yaml", shipped().directories())
    Library(shipped(), [profile]).check()
    (overlay,) = profile.overlays
    (path,) = overlay.required
    numbers = found(path, MEMBERS, "CUSCAR")
    demand = requirement(path, numbers, overlay, CUSCAR.root, lambda tag: shipped().segment(tag, "D96B"))
    records = [segment.split("+") for segment in message.split("'")[:-1]]
    placement = place(CUSCAR, ["+".join(record) for record in records])
    return [(gap.segment, gap.under) for one, gap in missing([demand], placement.places, records) if one is demand]


@pytest.mark.parametrize(
    ("demand", "expected"),
    [
        # at the top: behind all that may stand before, the children of an equal segment included
        ("NAD[3035=CA]", []),
        ("NAD[3035=MS]", [(7, 1)]),
        ("NAD[3035=MS|CA]", []),
        ("DTM[2005=132]", [(3, 1)]),
        ("FTX", [(7, 1)]),
        ("CNT[6069=16]", [(11, 1)]),
        # under each instance that is meant, and no other
        ("TDT/LOC", [(10, 10)]),
        ("TDT[8051=20]/LOC", []),
        ("TDT[8051=20]/LOC[3227=11]", [(9, 8)]),
        ("TDT[8051=20]/DTM", [(9, 8)]),
        ("TDT[8051=30]/LOC[3227=9]", [(10, 10)]),
        ("TDT[8051=10]/LOC", []),
        ("TDT[8051=20,8028=511E]/LOC[3227=9,3225=NLRTM]", []),
        ("TDT[8051=20,8028=*]/DTM", [(9, 8)]),
        ("TDT[8051=20,8178=*]/DTM", []),
        ("CNI/RFF[1153=BM]", [(17, 16)]),
        # three levels: each RFF of each CNI that is meant
        ("CNI/RFF/LOC", [(15, 15), (17, 17)]),
        ("CNI/RFF[1153=BM]/LOC", [(15, 15)]),
        ("CNI[1490=2]/RFF/LOC", [(17, 17)]),
        ("CNI[1490=3]/RFF/LOC", []),
        ("CNI/RFF/LOC[C517.3225=NLRTM]", [(15, 15), (17, 17)]),
        ("CNI/RFF/LOC[C517.3225=DEHAM]", [(14, 13), (15, 15), (17, 17)]),
    ],
)
def test_each_instance_that_lacks_it_is_told_with_the_last_segment_before_the_gap(
    demand: str, expected: list[tuple[int, int]]
) -> None:
    assert lacking(demand) == expected


def test_a_segment_that_stands_nowhere_is_no_segment_before_the_gap() -> None:
    assert lacking("FTX", MESSAGE.replace("TDT+20", "ZZZ+1'TDT+20")) == [(7, 1)]
    assert lacking("TDT[8051=20]/DTM", MESSAGE.replace("TDT+30", "ZZZ+1'TDT+30")) == [(9, 8)]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (["DTM", "137:20250314:102"], True),
        (["DTM", "132:1"], False),
        (["DTM", ""], False),
        (["DTM"], False),
        (["DTM", "132:1*137:2"], True),  # an occurrence of syntax version 4
        (["DTM", " 137 :1"], True),
    ],
)
def test_a_condition_holds_by_the_value_of_one_occurrence(record: list[str], *, expected: bool) -> None:
    assert Held((1,), 0, frozenset(("137", "182"))).by(record) is expected
