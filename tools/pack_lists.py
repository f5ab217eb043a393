#!/usr/bin/env python3
"""Pack the public reference lists that validation and destinations need into small package data.

    python tools/pack_lists.py FACTS [OUT]

Of UN/LOCODE the ports: codes, names, coordinates. Of every other list the codes only.

FACTS holds `unlocode_2023-1_ports.csv`, `rec20_units.json` and `rec21_package_types.json`. Country
codes come from `iso3166.tab` (public domain) of the installed `tzdata` package. The same input gives
the same bytes. OUT is the folder `gateway` unless told otherwise.
"""

from __future__ import annotations

import csv
import gzip
import importlib.resources
import json
import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

OUT = Path(__file__).resolve().parents[1] / "gateway"

#: The classes and divisions of the IMDG Code that a document may state.
IMDG_CLASSES = (
    *(f"1.{division}" for division in range(1, 7)),
    *("2.1", "2.2", "2.3", "3", "4.1", "4.2", "4.3", "5.1", "5.2", "6.1", "6.2", "7", "8", "9"),
)

#: Prefixes and origins in trade use that ISO 3166-1 assigns to no country: international waters
#: (UN/LOCODE), Kosovo, Northern Ireland (EU customs).
EXTRA_COUNTRIES = ("XI", "XK", "XZ")


def ports(source: Path) -> dict[str, list[dict[str, str]]]:
    """Return the rows of each place with a port, by code in order; a place has a row for each of its names."""
    with source.open(encoding="utf-8", newline="") as file:
        rows = sorted((row for row in csv.DictReader(file) if "1" in row["function"]), key=lambda row: row["locode"])
    return {code: list(found) for code, found in groupby(rows, key=lambda row: row["locode"])}


def port_codes(codes: Iterable[str]) -> str:
    """Return one line per country: its code, a space, and the three characters of each port without breaks."""
    countries = groupby(codes, key=lambda code: code[:2])
    return "".join(f"{country} {''.join(code[2:] for code in members)}\n" for country, members in countries)


def port_names(found: Iterable[list[dict[str, str]]]) -> str:
    """Return one line per port, in the order of the codes: names with '|' between, coordinates, subdivision."""
    lines = (
        (
            "|".join(dict.fromkeys(row["name"] for row in rows)),
            next((row["coordinates"].replace(" ", "") for row in rows if row["coordinates"]), ""),
            next((row["subdivision"] for row in rows if row["subdivision"]), ""),
        )
        for rows in found
    )
    return "".join("\t".join(line) + "\n" for line in lines)


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
    """Write what `gateway.unlocode` and `gateway.validation` read."""
    found = ports(facts / "unlocode_2023-1_ports.csv")
    packed = {
        "unlocode/data/ports.txt.gz": port_codes(found),
        "unlocode/data/port_names.txt.gz": port_names(found.values()),
        "validation/data/codes.json.gz": json.dumps(
            {name: " ".join(members) for name, members in codes(facts).items()}, indent=1
        ),
    }
    for name, text in packed.items():
        content = gzip.compress(text.encode("ascii"), 9, mtime=0)
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)
        print(f"{name}: {len(content)} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else OUT)
