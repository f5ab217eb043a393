"""Deterministic D.95B interchanges of any size, with invented parties and right check digits: no finding is due.

python bench/interchanges.py 10 > manifests.edi         about 10 MB of CUSCAR, a line for each segment
python bench/interchanges.py 10 mixed > mixed.edi       CUSCAR, BAPLIE, COARRI and CODECO, without line breaks
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle

Kind = Callable[[int, int, random.Random], Iterator[str]]
"""A writer of one message: its number, how many boxes or bills it has, and what decides the rest."""

PORTS = ("NLRTM", "DEHAM", "BEANR", "SGSIN", "HKHKG", "JPTYO", "USNYC", "BRSSZ", "FRLEH", "ITGOA")
PARTIES = (
    "EXAMPLE IMPORTS B.V.",
    "EXAMPLE EXPORTS PTE",
    "SAMPLE ?+ SONS TRADING",
    "BEISPIEL HANDEL GMBH",
    "O?'SPECIMEN SHIPPING LTD",
    "MUSTERWAREN AG",
    "EXEMPLE ET CIE",
    "ESEMPIO S.R.L.",
)
GOODS = (
    "CERAMIC TILES, GLAZED",
    "MACHINE PARTS, STEEL",
    "COFFEE BEANS, GREEN",
    "FURNITURE OF WOOD, DISMANTLED",
    "PAPER IN ROLLS",
)
LETTERS = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (v for v in range(10, 39) if v % 11), strict=True))


def container(number: int) -> str:
    """Return a container number with its ISO 6346 check digit."""
    code = f"EXAU{number:06d}"
    total = sum((LETTERS[c] if c.isalpha() else int(c)) << place for place, c in enumerate(code))
    return f"{code}{total % 11 % 10}"


def cuscar(number: int, bills: int, chance: random.Random) -> Iterator[str]:
    """Yield the segments of one manifest, without their terminators, from UNH to before UNT."""
    yield f"UNH+{number}+CUSCAR:D:95B:UN"
    yield f"BGM+85+MAN{number:06d}+9"
    yield "DTM+137:202611020800:203"
    yield f"RFF+AFB:REG{number:06d}"
    yield "NAD+MS+BLUEANCHOR:160:ZZZ++BLUE ANCHOR LINE"
    yield "TDT+20+042E+1+13+BANU:172:20+++9999993:146::MV EXAMPLE STAR:PA"
    yield "LOC+5+SGSIN:139:6"
    yield "LOC+60+NLRTM:139:6"
    yield "DTM+132:202611280600:203"
    yield "GIS+23"
    boxes = [container((number * bills + index) % 10**6) for index in range(bills)]
    for index, box in enumerate(boxes):
        yield f"EQD+CN+{box}+{chance.choice(('22G1', '45G1', '42R1'))}:102:5+2+3+5"
        yield f"MEA+AAE+T+KGM:{chance.randrange(2000, 4500)}"
        yield f"SEL+EX{index:05d}+CA"
    yield f"CNT+16:{bills}"
    for index, box in enumerate(boxes):
        yield from _bill(number, index, box, chance)


def _bill(number: int, index: int, box: str, chance: random.Random) -> Iterator[str]:
    weights = [chance.randrange(100, 9000) for _ in range(chance.choice((1, 1, 1, 2, 3)))]
    packages = [chance.randrange(1, 900) for _ in weights]
    yield f"CNI+{index + 1}"
    yield f"RFF+BM:EXA{number:04d}{index:05d}"
    yield f"CNT+7:{sum(weights)}:KGM"
    yield f"CNT+11:{sum(packages)}"
    yield f"LOC+9+{chance.choice(PORTS)}:139:6"
    yield "LOC+11+NLRTM:139:6"
    yield f"LOC+8+{chance.choice(PORTS)}:139:6"
    yield "GIS+23"
    yield f"NAD+CZ+++{chance.choice(PARTIES)}+STREET {chance.randrange(1, 300)}+ROTTERDAM++3011+NL"
    yield f"NAD+CN+++{chance.choice(PARTIES)}+HARBOUR ROAD {chance.randrange(1, 99)}:DOCK 4+FELIXSTOWE++IP11+GB"
    yield f"NAD+NI+++{chance.choice(PARTIES)}"
    for item, (weight, count) in enumerate(zip(weights, packages, strict=True), 1):
        yield f"GID+{item}+{count}:CT"
        yield f"FTX+AAA+++{chance.choice(GOODS)}:{chance.choice(GOODS)}"
        yield f"MEA+AAE+G+KGM:{weight}"
        yield f"MEA+AAE+AAW+MTQ:{chance.randrange(1, 70)}.{chance.randrange(1, 999):03d}"
        yield f"SGP+{box}+{count}"
        if chance.random() < 0.05:
            yield "DGS+IMD+3:3.2+1263+023:CEL+2"
        yield f"PCI+28+MARKS {chance.randrange(1000)}:LOT {chance.randrange(100)}"
        if chance.random() < 0.3:
            yield f"CST++{chance.randrange(10**5, 10**6)}:122:6"


def baplie(number: int, cells: int, chance: random.Random) -> Iterator[str]:
    """Yield the segments of one bay plan."""
    yield f"UNH+{number}+BAPLIE:D:95B:UN:SMDG15"
    yield f"BGM++BAY{number:06d}+9"
    yield "DTM+137:2611021230:201"
    yield "TDT+20+042E+++BANU:172:20+++9999993:146::MV EXAMPLE STAR"
    yield "LOC+5+NLRTM:139:6"
    yield "LOC+61+DEHAM:139:6"
    yield "DTM+178:2611011200:201"
    yield "DTM+133:2611021500:201"
    yield "DTM+132:2611030800:201"
    yield "RFF+VON:042E"
    for cell in range(cells):
        yield f"LOC+147+{cell // 40 * 2 + 1:03d}{cell // 5 % 8:02d}{cell % 5 * 2 + 82:02d}::5"
        if chance.random() < 0.15:
            yield "FTX+HAN++GEN"
        yield f"MEA+WT++KGM:{chance.randrange(2200, 32000)}"
        if chance.random() < 0.06:
            yield f"TMP+2+{chance.choice(('-18.0', '-25.0', '12.5'))}:CEL"
        for place in ("9", "11", "83"):
            yield f"LOC+{place}+{chance.choice(PORTS)}:139:6"
        yield "RFF+BM:1"
        box, size = container(chance.randrange(10**6)), chance.choice(("22G1", "45G1", "42R1"))
        yield f"EQD+CN+{box}+{size}+++{chance.choice('45')}"
        yield "NAD+CA+BANU:172:20"
        if chance.random() < 0.04:
            yield "DGS+IMD+3+1263+023:CEL+2+F-ES-E"


def coarri(number: int, moves: int, chance: random.Random) -> Iterator[str]:
    """Yield the segments of one report of discharge."""
    yield f"UNH+{number}+COARRI:D:95B:UN:ITG13"
    yield f"BGM+98+DIS{number:06d}+9"
    yield "TDT+20+042E+1++BANU:172:20+++9999993:146::MV EXAMPLE STAR"
    yield "RFF+VON:042E"
    yield "LOC+11+NLRTM:139:6+QUAY 7"
    yield "DTM+178:202611011200:203"
    yield "NAD+CF+BLUEANCHOR:160:ZZZ"
    for move in range(moves):
        yield f"EQD+CN+{container(chance.randrange(10**6))}+45G1:102:5++2+5"
        yield f"RFF+BN:{chance.randrange(10**8, 10**9)}"
        yield "TMD+3"
        yield f"DTM+203:2026110112{move % 60:02d}:203"
        yield f"LOC+147+{chance.randrange(10**6):07d}::5"
        yield f"LOC+9+{chance.choice(PORTS)}:139:6"
        yield f"MEA+AAE+G+KGM:{chance.randrange(3000, 30000)}"
        yield f"SEL+EX{chance.randrange(10**5):05d}+CA"
    yield f"CNT+16:{moves}"


def codeco(number: int, boxes: int, chance: random.Random) -> Iterator[str]:
    """Yield the segments of one gate move."""
    yield f"UNH+{number}+CODECO:D:95B:UN:ITG14"
    yield f"BGM+34+GATE{number:06d}+9"
    yield "TDT+1++3+31"
    yield "NAD+CF+BLUEANCHOR:160:ZZZ"
    for _ in range(boxes):
        yield f"EQD+CN+{container(chance.randrange(10**6))}+22G1:102:5++3+4"
        yield f"RFF+BN:BOOKING{chance.randrange(10**6):06d}"
        yield "DTM+7:202611021102:203"
        yield "LOC+11+NLRTM:139:6+GATE 2"
        yield f"NAD+CN+++{chance.choice(PARTIES)}"
    yield f"CNT+16:{boxes}"


#: The messages of a mixed file in turn: a manifest, a bay plan, a discharge, and the gate moves of a quiet hour.
MIXED = ((cuscar, 200), (baplie, 400), (coarri, 300), *[(codeco, 1)] * 20)


def interchange(megabytes: float, seed: int = 0) -> Iterator[bytes]:
    """Yield one interchange of manifests, 500 bills each, a message at a time and a line for each segment."""
    return _written(megabytes, seed, ((cuscar, 500),), "'\r\n")


def mixed(megabytes: float, seed: int = 0) -> Iterator[bytes]:
    """Yield one interchange of several message types, a message at a time, without line breaks."""
    return _written(megabytes, seed, MIXED, "'")


def _written(megabytes: float, seed: int, kinds: Iterable[tuple[Kind, int]], end: str) -> Iterator[bytes]:
    chance = random.Random(seed)
    reference = f"BENCH{seed:04d}"
    yield f"UNA:+.? {end}UNB+UNOA:3+BLUEANCHOR:ZZ+EXCUSTOMS:ZZ+261102:0815+{reference}{end}".encode()
    size, number = 0, 0
    for kind, parts in cycle(kinds):
        if size >= megabytes * 10**6:
            break
        number += 1
        body = [*kind(number, parts, chance)]
        body.append(f"UNT+{len(body) + 1}+{number}")
        text = "".join(f"{segment}{end}" for segment in body).encode("ascii")
        size += len(text)
        yield text
    yield f"UNZ+{number}+{reference}{end}".encode()


FILES = {"CUSCAR": interchange, "mixed": mixed}


if __name__ == "__main__":
    made = mixed if sys.argv[2:] == ["mixed"] else interchange
    for part in made(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0):
        sys.stdout.buffer.write(part)
