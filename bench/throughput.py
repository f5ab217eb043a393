"""Speed beside pydifact and npm's `edifact`, and peak memory: one run, ratios first.

python bench/throughput.py [--mb 3] [--rounds 7] [--gigabyte] [--no-memory]

Every round has a file of its own, so that nothing remembered of an earlier one helps, and all who are compared read it
in turn. What counts is processor time on one core, the best of the rounds for each; the lowest and highest ratio of a
round show how quiet the machine was.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

from interchanges import FILES
from memory import SIZES, peak
from peers import NodeEdifact, node_edifact, pydifact

from adapters.edifact.adapter import EdifactAdapter
from adapters.edifact.syntax import tokenizer
from adapters.edifact.syntax.scanner import Scanner
from gateway import app
from gateway.model.stages import Envelope, Interchange, MessageType

CHUNK = 65_536
TARGET = MessageType("wco", "cargo-report", "1", association="pierhead")
Step = Callable[[bytes], int]


installed = cache(app.standards)
"""The adapters and maps, read once, as a running gateway has them."""


def chunks(content: bytes) -> Iterator[bytes]:
    """Yield a file as a transport would."""
    return (content[start : start + CHUNK] for start in range(0, len(content), CHUNK))


def tokenise(content: bytes) -> int:
    """Scan a stream into messages, segments and elements; nothing is kept, as with the peers. Return the segments."""
    scanner = Scanner(chunks(content))
    separators = scanner.start().separators
    segments = elements = 0
    while tag := scanner.tag(separators):
        piece = scanner.message(separators) if tag == "UNH" else scanner.segment(separators)
        found = tokenizer.tokenize(piece.raw, separators).segments
        segments += len(found)
        for segment in found:
            elements += len(segment.split("+"))
    return segments if elements else 0


def validate(content: bytes) -> int:
    """Tokens, envelope, structure, elements and code lists; the benchmark's own files are without a finding."""
    segments = 0
    for item in EdifactAdapter().decode(chunks(content)):
        if item.findings:
            raise SystemExit(f"the benchmark's own file has a finding: {item.findings[0]}")
        segments += 2 if isinstance(item, Interchange) else len(item.records)
    return segments


def read(content: bytes) -> int:
    """Validated, and read into canonical documents. Return how many."""
    standards, adapter = installed(), EdifactAdapter()
    count = 0
    for item in adapter.decode(chunks(content)):
        if not isinstance(item, Interchange):
            reader = standards.registry.reader(item.type)
            count += reader is not None and reader.read(item, adapter.position).document is not None
    return count


def translate(content: bytes) -> int:
    """Validated, read, written as WCO XML, and that checked against its schema. Return the bytes written."""
    standards, adapter = installed(), EdifactAdapter()
    size = 0
    for item in adapter.decode(chunks(content)):
        if not isinstance(item, Interchange):
            reader = standards.registry.reader(item.type)
            document = reader.read(item, adapter.position).document if reader else None
            if document is None:
                raise SystemExit("the benchmark's own message cannot be read")
            size += len(standards.write(document, TARGET, Envelope("wco", reference=item.reference)).content)
    return size


#: What is measured on each file: name, step, and how many times pydifact's speed it is to have.
ENGINE = (("tokenise", tokenise, 45), ("validate: structure, elements, codes", validate, 20))
GATEWAY = (("validate, read to canonical", read, None), ("EDIFACT to schema-valid WCO XML", translate, None))
STEPS = {"CUSCAR": (*ENGINE, *GATEWAY), "mixed": ENGINE}


def seconds(step: Step, content: bytes) -> tuple[int, float]:
    """Return what a step counted, and the processor time it took."""
    gc.collect()
    start = time.process_time()
    counted = step(content)
    return counted, time.process_time() - start


def measure(name: str, megabytes: float, rounds: int, node: NodeEdifact | str, folder: Path) -> None:
    """Measure a kind of file, round by round, and print a line for each step."""
    steps = [("pydifact: tokens", pydifact), *[(called, step) for called, step, _ in STEPS[name]]]
    path = folder / f"{name}.edi"
    path.write_bytes(b"".join(FILES[name](0.5, seed=0)))
    for _, step in steps[1:]:
        step(path.read_bytes())  # patterns, automata and maps are built once in the life of a process
    rates: dict[str, list[float]] = {}
    size = 0.0
    for number in range(1, rounds + 1):
        content = b"".join(FILES[name](megabytes, seed=number))
        path.write_bytes(content)
        size = len(content) / 1e6
        counted = {}
        for called, step in steps:
            counted[called], spent = seconds(step, content)
            rates.setdefault(called, []).append(size / spent)
        if isinstance(node, NodeEdifact):
            counted["npm edifact: tokens"], spent = node.parse(path)
            rates.setdefault("npm edifact: tokens", []).append(size / spent)
        agreed = {counted[called] for called in counted if called.endswith(("tokens", "tokenise", "codes"))}
        if len(agreed) > 1:
            raise SystemExit(f"they do not count the same segments: {counted}")
    report(name, size, rates, {called: aim for called, _, aim in STEPS[name] if aim})
    if isinstance(node, str):
        print(f"npm edifact: absent, {node}")


def report(name: str, size: float, rates: dict[str, list[float]], aims: dict[str, int]) -> None:
    """Print the ratios to pydifact and the speeds."""
    base = rates["pydifact: tokens"]
    print(f"\n{name} D.95B, {size:.1f} MB, {len(base)} rounds          x pydifact (lowest - highest)     MB/s")
    for called, speeds in rates.items():
        ratios = [speed / slow for speed, slow in zip(speeds, base, strict=True)]
        spread = f"({min(ratios):.1f} - {max(ratios):.1f})"
        aim = f"   aim {aims[called]} x" if called in aims else ""
        print(f"{called:38} {max(speeds) / max(base):10.1f} {spread:>18} {max(speeds):12.1f}{aim}", flush=True)


def memory(sizes: Sequence[int]) -> None:
    """Print the peak memory of a validation for each size and kind of file."""
    print("\npeak memory of validating a stream, MB above a process that has validated 0.1 MB")
    for name in FILES:
        base, *peaks = (peak(name, size) for size in (0.1, *sizes))
        grown = ", ".join(f"{size} MB {found - base:+.1f}" for size, found in zip(sizes, peaks, strict=True))
        print(f"{name:8} {base:.0f}: {grown}", flush=True)


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--mb", type=float, default=3.0, help="size of a file")
    asked.add_argument("--rounds", type=int, default=7)
    asked.add_argument("--no-memory", action="store_true")
    asked.add_argument("--gigabyte", action="store_true", help="measure memory with 1 GB too: two minutes more")
    given = asked.parse_args()
    app.tune()
    warnings.simplefilter("ignore")  # pydifact's, of directories it does not have
    print(f"one core, Python {sys.version.split()[0]}")
    node = node_edifact()
    with tempfile.TemporaryDirectory() as folder:
        for name in FILES:
            measure(name, given.mb, given.rounds, node, Path(folder))
    if isinstance(node, NodeEdifact):
        node.close()
    if not given.no_memory:
        memory(SIZES if given.gigabyte else SIZES[:-1])


if __name__ == "__main__":
    main()
