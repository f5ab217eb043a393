#!/usr/bin/env python3
"""Pack the public reference lists that validation needs into small package data, codes only.

    python tools/pack_lists.py FACTS [OUT]

FACTS holds `unlocode_2023-1_ports.csv`, `rec20_units.json` and `rec21_package_types.json`. Country
codes come from `iso3166.tab` (public domain) of the installed `tzdata` package. The same input gives
the same bytes. OUT is `gateway/validation/data` unless told otherwise.
"""

from __future__ import annotations

import csv
import gzip
import importlib.resources
import json
import sys
from itertools import groupby
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "gateway" / "validation" / "data"

#: The classes and divisions of the IMDG Code that a document may state.
IMDG_CLASSES = (
    *(f"1.{division}" for division in range(1, 7)),
    *("2.1", "2.2", "2.3", "3", "4.1", "4.2", "4.3", "5.1", "5.2", "6.1", "6.2", "7", "8", "9"),
)

#: Prefixes and origins in trade use that ISO 3166-1 assigns to no country: international waters
#: (UN/LOCODE), Kosovo, Northern Ireland (EU customs).
EXTRA_COUNTRIES = ("XI", "XK", "XZ")


def ports(source: Path) -> str:
    """Return one line per country: its code, a space, and the three characters of each port without breaks."""
    with source.open(encoding="utf-8", newline="") as rows:
        codes = sorted({row["locode"] for row in csv.DictReader(rows) if "1" in row["function"]})
    countries = groupby(codes, key=lambda code: code[:2])
    return "".join(f"{country} {''.join(code[2:] for code in members)}\n" for country, members in countries)


def countries() -> list[str]:
    """Return the ISO 3166-1 alpha-2 codes, and those in trade use beside them."""
    table = importlib.resources.files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text("utf-8")
    codes = {line.split("\t")[0] for line in table.splitlines() if line and not line.startswith("#")}
    return sorted(codes | set(EXTRA_COUNTRIES))


def codes(facts: Path) -> dict[str, list[str]]:
    """Return the short lists by name."""
    return {
        "countries": countries(),
        "imdg_classes": sorted(IMDG_CLASSES),
        "package_types": sorted(json.loads((facts / "rec21_package_types.json").read_text("utf-8"))),
        "units": sorted(json.loads((facts / "rec20_units.json").read_text("utf-8"))),
    }


def main(facts: Path, out: Path) -> None:
    """Write `ports.txt.gz` and `codes.json.gz`."""
    out.mkdir(parents=True, exist_ok=True)
    packed = {
        "ports.txt.gz": ports(facts / "unlocode_2023-1_ports.csv"),
        "codes.json.gz": json.dumps({name: " ".join(members) for name, members in codes(facts).items()}, indent=1),
    }
    for name, text in packed.items():
        content = gzip.compress(text.encode("ascii"), 9, mtime=0)
        (out / name).write_bytes(content)
        print(f"{name}: {len(content)} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else OUT)
