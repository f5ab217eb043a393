"""Pack the published facts on UN/EDIFACT into the compressed package data of `adapters.edifact`.

    python tools/pack_edifact.py [FACTS]        FACTS: folder with ranges.json, code_ranges.json, service/

Writes directory.json.xz (structures, segments, composites, elements, service segments, CONTRL) and
codes.json.xz (code values with the run of directories each is in; no name or description of a code).
The same facts give the same bytes.
"""

from __future__ import annotations

import json
import lzma
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
FACTS = REPOSITORY.parent / "shared" / "facts" / "edifact"
#: Values of CONTRL that syntax version 4 adds to the lists of version 3.
ADDED_IN_4 = {"0085": ["45", "46", "47", "48"]}
DATA = REPOSITORY / "adapters" / "edifact" / "directories" / "data"


def read(path: Path) -> Any:
    """Return the value of a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def runs(entries: list[dict[str, Any]], order: dict[str, int], pack: Any) -> list[list[Any]]:
    """Return `[first, last, definition]` for each run of directories, by number of the directory."""
    return [[order[entry["from"]], order[entry["to"]], pack(entry["def"])] for entry in entries]


def content(members: list[Any]) -> list[Any]:
    """Return the members of a message or group: `[tag, M|C, max]` or `[number, M|C, max, members]`."""
    return [
        [member["group"], member["status"], member["max"], content(member["content"])]
        if isinstance(member, dict)
        else member
        for member in members
    ]


def segment(definition: dict[str, Any]) -> list[Any]:
    """Return `[name, [[ref, M|C, max, position], ..], dependencies]`."""
    elements = [[e["ref"], e["status"], e["max"], e["pos"]] for e in definition["elements"]]
    return [definition["name"], elements, [[d["rule"], d["positions"]] for d in definition.get("dependencies", ())]]


def composite(definition: dict[str, Any]) -> list[Any]:
    """Return `[name, [[number, M|C, format], ..]]`."""
    return [definition["name"], [[e["ref"], e["status"], e["format"]] for e in definition["elements"]]]


def service(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the service segments and CONTRL of syntax version 3, in the shapes above."""
    numbers = {
        element["ref"]: element["format"]
        for definition in facts["segments"].values()
        for element in definition["elements"]
        if "format" in element
    }
    numbers |= {e["ref"]: e["format"] for members in facts["composites"].values() for e in members}
    return {
        "segments": {
            tag: [definition["name"], [[e["ref"], e["status"], e["max"], ""] for e in definition["elements"]], []]
            for tag, definition in facts["segments"].items()
        },
        "composites": {
            ref: ["", [[e["ref"], e["status"], e["format"]] for e in members]]
            for ref, members in facts["composites"].items()
        },
        "elements": {number: ["", form] for number, form in sorted(numbers.items())},
        "messages": {name: service_content(message["content"]) for name, message in facts["messages"].items()},
    }


def service_content(members: list[dict[str, Any]]) -> list[Any]:
    """Return the members of a service message, which the facts spell with keys throughout."""
    return [
        [member["group"], member["status"], member["max"], service_content(member["content"])]
        if "group" in member
        else [member["tag"], member["status"], member["max"]]
        for member in members
    ]


def directories(facts: Path) -> dict[str, Any]:
    """Return everything but the code values."""
    ranges = read(facts / "ranges.json")
    order = {name: number for number, name in enumerate(ranges["order"])}
    packers = {
        "messages": content,
        "segments": segment,
        "composites": composite,
        "elements": lambda definition: [definition["name"], definition["format"]],
    }
    packed = {
        kind: {name: runs(entries, order, pack) for name, entries in ranges[kind].items()}
        for kind, pack in packers.items()
    }
    return {
        "order": ranges["order"],
        **packed,
        "service": {version: service(read(facts / "service" / f"v{version}.json")) for version in ("3", "4")},
    }


def codes(facts: Path) -> dict[str, list[Any]]:
    """Return `[first, last, [value, ..]]` per run, per data element; the codes of CONTRL for every directory."""
    order = {name: number for number, name in enumerate(read(facts / "ranges.json")["order"])}
    packed: dict[str, list[Any]] = {}
    for number, values in read(facts / "code_ranges.json").items():
        by_run: dict[tuple[int, int], list[str]] = defaultdict(list)
        for value, (_, first, last) in values.items():
            by_run[order[first], order[last]].append(value)
        packed[number] = [[first, last, found] for (first, last), found in sorted(by_run.items())]
    for number, meanings in read(facts / "service" / "contrl_codes.json").items():
        if number.isdigit():
            packed[number] = [[0, len(order) - 1, [*meanings, *ADDED_IN_4.get(number, ())]]]
    return packed


def write(path: Path, value: Any) -> None:
    """Write a value as compressed JSON and print its sizes."""
    plain = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    path.write_bytes(lzma.compress(plain, preset=9 | lzma.PRESET_EXTREME))
    print(f"{path.name}: {path.stat().st_size:,} bytes ({len(plain):,} unpacked)")


def main() -> None:
    """Pack the facts of the folder named on the command line."""
    facts = Path(sys.argv[1]) if len(sys.argv) > 1 else FACTS
    DATA.mkdir(exist_ok=True)
    write(DATA / "directory.json.xz", directories(facts))
    write(DATA / "codes.json.xz", codes(facts))


if __name__ == "__main__":
    main()
