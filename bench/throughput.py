"""Throughput beside pydifact, in one run on one core, and peak memory for a 100 MB file. Ratios count, not seconds.

python bench/throughput.py [--mb 10] [--rounds 3] [--no-memory]
"""

from __future__ import annotations

import argparse
import gc
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from interchanges import interchange
from pydifact.parser import Parser

from adapters.edifact import tokenizer
from adapters.edifact.adapter import EdifactAdapter
from adapters.edifact.scanner import Scanner
from gateway import app
from gateway.model.stages import Envelope, Interchange, MessageType

CHUNK = 65_536
TARGET = MessageType("wco", "cargo-report", "1", association="pierhead")


installed = cache(app.standards)
"""The adapters and maps, read once, as a running gateway has them."""


def chunks(content: bytes) -> Iterator[bytes]:
    """Yield a file as a transport would."""
    return (content[start : start + CHUNK] for start in range(0, len(content), CHUNK))


def best(rounds: int, job: Callable[[], object]) -> float:
    """Return the shortest of several runs, in seconds."""
    spent = []
    for _ in range(rounds):
        gc.collect()
        start = time.perf_counter()
        job()
        spent.append(time.perf_counter() - start)
    return min(spent)


def tokenise(content: bytes) -> int:
    """Scan a stream into messages, segments and elements."""
    scanner = Scanner(chunks(content))
    separators = scanner.start().separators
    count = 0
    while tag := scanner.tag(separators):
        piece = scanner.message(separators) if tag == "UNH" else scanner.segment(separators)
        count += len([segment.split("+") for segment in tokenizer.tokenize(piece.raw, separators).segments])
    return count


def validate(content: bytes) -> int:
    """Tokens, envelope, structure, elements and code lists."""
    return sum(len(item.findings) for item in EdifactAdapter().decode(chunks(content)))


def read(content: bytes) -> int:
    """Validated, and read into canonical documents."""
    standards, adapter = installed(), EdifactAdapter()
    count = 0
    for item in adapter.decode(chunks(content)):
        if not isinstance(item, Interchange):
            reader = standards.registry.reader(item.type)
            count += reader is not None and reader.read(item, adapter.position).document is not None
    return count


def translate(content: bytes) -> int:
    """Validated, read, written as WCO XML, and that checked against its schema."""
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


def peer(content: bytes) -> int:
    """What pydifact does with the same bytes: tokens and segment objects, no checks."""
    return sum(1 for _ in Parser().parse(content.decode("ascii")))


STEPS = (
    ("pydifact: parse", peer, None),
    ("tokenise", tokenise, "aim 40 x pydifact"),
    ("fully validate", validate, "aim 15 x pydifact"),
    ("validate and read to canonical", read, "aim 7 MB/s"),
    ("EDIFACT to schema-valid WCO XML", translate, "aim 4 MB/s"),
)


def peak(megabytes: int) -> float:
    """Return the peak memory, in MB, of a process that streams a file of that size through `validate` and `read`."""
    script = Path(__file__)
    done = subprocess.run(
        [sys.executable, str(script), "--stream", str(megabytes)], check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def stream(megabytes: int) -> None:
    """Read a generated file to canonical documents without ever holding it, and print the peak memory in MB."""
    standards, adapter = app.standards(), EdifactAdapter()
    for item in adapter.decode(interchange(megabytes)):
        if not isinstance(item, Interchange):
            reader = standards.registry.reader(item.type)
            if reader is None or reader.read(item, adapter.position).document is None:
                raise SystemExit("the benchmark's own message cannot be read")
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--mb", type=float, default=10.0)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--no-memory", action="store_true")
    asked.add_argument("--stream", type=int)
    given = asked.parse_args()
    app.tune()
    warnings.simplefilter("ignore")  # pydifact's, of directories it does not have
    if given.stream:
        stream(given.stream)
        return
    content = b"".join(interchange(given.mb))
    size = len(content) / 1e6
    print(f"CUSCAR D.95B, {size:.1f} MB, best of {given.rounds} runs, one core, Python {sys.version.split()[0]}\n")
    base = 0.0
    for name, job, aim in STEPS:
        rate = size / best(given.rounds if job is not peer else 1, lambda job=job: job(content))
        base = base or rate
        print(f"{name:34} {rate:7.2f} MB/s {rate / base:7.1f} x pydifact   {aim or ''}", flush=True)
    if not given.no_memory:
        print(f"\npeak memory for a 100 MB file: {peak(100):.0f} MB   aim 150 MB")


if __name__ == "__main__":
    main()
