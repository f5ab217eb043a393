"""Read and write in MB/s of every map: the full sample of its message in the map's newest version.

Its lists have their entries many times over, so that a message is about 60 kB long, as manifests and bay plans are.

python bench/maps.py [--mb 0.5] [--rounds 3] [NAME...]

"read" is from placed records to a canonical document, "write" from the document to bytes; "both" is one after the
other, which must not be under 4 MB/s. "decode", what the adapter does before (tokens, structure, code lists), stands
beside them. What counts is processor time on one core, the best of the rounds.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gateway import app
from gateway.cli.mapping_guides import sample_files
from gateway.errors import EncodeError
from gateway.mapping.checking import type_of
from gateway.mapping.registry import Entry
from gateway.model.base import Part
from gateway.model.stages import Envelope, Message, MessageType, Party
from gateway.pipeline.standards import Standards

SAMPLES = Path(__file__).parents[1] / "samples"
AIM = 4.0
LENGTH = 60_000
ENVELOPE = Envelope("", Party("SENDER"), Party("RECIPIENT"), "BENCH", "UNOC:3", "261102:0815")


@dataclass(frozen=True, slots=True)
class Speed:
    """What a map does, in MB/s of the message as it stands on the wire."""

    name: str
    size: int
    decode: float
    read: float
    write: float

    @property
    def both(self) -> float:
        """Read and write, one after the other."""
        return 1 / (1 / self.read + 1 / self.write)


def full_documents(standards: Standards, entry: Entry) -> Iterator[Part]:
    """Yield the documents of a map's message, that of the fullest sample first."""
    folder = SAMPLES / entry.standard / entry.message.lower()
    paths = sample_files(folder) if folder.is_dir() else sorted(folder.parent.glob(f"*/{folder.name}.*ml"))
    for path in paths:
        for item in standards.read(standards.adapters[entry.standard], [path.read_bytes()]):
            document = getattr(item, "document", None)
            if document is not None:
                yield document


def multiplied(document: Part, times: int) -> Part:
    """Return a document whose lists have their entries `times` over, as a whole manifest or bay plan has."""
    lists = {name: value * times for name, value in document if isinstance(value, tuple) and value}
    return document.model_copy(update=lists)


def message_of(standards: Standards, kind: MessageType, document: Part) -> tuple[Message, bytes] | None:
    """Return a document as a message of one version, decoded, and its bytes; None where it cannot be written."""
    try:
        content = standards.write(document, kind, ENVELOPE).content
    except EncodeError:
        return None
    adapter = standards.adapters[kind.standard]
    found = next((item for item in adapter.decode([content]) if isinstance(item, Message)), None)
    return (found, content) if found is not None else None


def best(rounds: int, times: int, step: Callable[[], object]) -> float:
    """Return the processor seconds of one step, the best round of many repetitions."""
    least = float("inf")
    for _ in range(rounds):
        gc.collect()
        start = time.process_time()
        for _ in range(times):
            step()
        least = min(least, time.process_time() - start)
    return least / times


def measure(standards: Standards, entry: Entry, megabytes: float, rounds: int) -> Speed | None:
    """Return the speed of one map; None where no sample can be written as its message."""
    kind = type_of(entry, entry.versions[-1])
    kind = MessageType(kind.standard, kind.name, kind.version, "UN" if kind.standard == "edifact" else "")
    adapter = standards.adapters[kind.standard]
    reader, writer = standards.registry.reader(kind), standards.registry.writer(kind)
    for document in full_documents(standards, entry):
        made = message_of(standards, kind, document)
        if made is not None and len(made[1]) < LENGTH:
            made = message_of(standards, kind, multiplied(document, LENGTH // len(made[1]))) or made
        if made is None or reader is None or writer is None:
            continue
        message, content = made
        read = reader.read(message, adapter.position).document
        if read is None:
            continue
        times = max(1, round(megabytes * 1e6 / len(content)))
        megabyte = len(content) / 1e6
        return Speed(
            entry.head.name,
            len(content),
            megabyte / best(rounds, times, lambda c=content: list(adapter.decode([c]))),  # type: ignore[misc]
            megabyte / best(rounds, times, lambda m=message: reader.read(m, adapter.position)),  # type: ignore[misc]
            megabyte / best(rounds, times, lambda d=read: standards.write(d, kind, ENVELOPE)),  # type: ignore[misc]
        )
    return None


def main() -> None:
    """Measure every map, or those whose names hold one of the words given, and print a line for each."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("names", nargs="*", help="words that the names of the maps hold")
    asked.add_argument("--mb", type=float, default=0.5, help="how much of each message is read and written in a round")
    asked.add_argument("--rounds", type=int, default=3)
    given = asked.parse_args()
    app.tune()
    standards = app.standards()
    print(f"one core, Python {sys.version.split()[0]}, MB/s; aim: {AIM:.0f} for read and write together")
    print(f"{'map':32} {'bytes':>7} {'decode':>7} {'read':>7} {'write':>7} {'both':>7}   x aim")
    slow = []
    for entry in standards.registry.entries():
        if given.names and not any(word in entry.head.name for word in given.names):
            continue
        speed = measure(standards, entry, given.mb, given.rounds)
        if speed is None:
            print(f"{entry.head.name:32} no sample can be written as this message")
            continue
        numbers = f"{speed.decode:7.1f} {speed.read:7.1f} {speed.write:7.1f} {speed.both:7.1f}"
        print(f"{speed.name:32} {speed.size:7} {numbers} {speed.both / AIM:7.1f}", flush=True)
        if speed.both < AIM:
            slow.append(speed.name)
    print(f"under the aim: {', '.join(slow) or 'none'}")


if __name__ == "__main__":
    main()
