"""Deterministic CUSCAR D.95B interchanges of any size, with invented parties and right check digits.

python bench/interchanges.py 10 > manifests.edi        about 10 MB
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator

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


def message(number: int, bills: int, chance: random.Random) -> Iterator[str]:
    """Yield the segments of one manifest, without their terminators."""
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


def interchange(megabytes: float, bills: int = 500) -> Iterator[bytes]:
    """Yield one interchange, a message at a time."""
    chance = random.Random(9735)
    yield b"UNA:+.? '\r\nUNB+UNOA:3+BLUEANCHOR:ZZ+EXCUSTOMS:ZZ+261102:0815+BENCH01'\r\n"
    size, number = 0, 0
    while size < megabytes * 10**6:
        number += 1
        body = [*message(number, bills, chance)]
        body.append(f"UNT+{len(body) + 1}+{number}")
        text = "".join(f"{segment}'\r\n" for segment in body).encode("ascii")
        size += len(text)
        yield text
    yield f"UNZ+{number}+BENCH01'\r\n".encode()


if __name__ == "__main__":
    for part in interchange(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0):
        sys.stdout.buffer.write(part)
