"""What a tokenizer in C brings, step by step, and what tokens from a table would: the figures of docs/adr/0011.

python bench/native/measure.py [--mb 2] [--rounds 6]

Builds `tokens.c` in a folder that is removed afterwards, proves on a file that it gives Python's tokens, and puts it
in the tokenizer's place in this process alone.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import throughput  # noqa: E402  # it stands beside this folder
from interchanges import FILES  # noqa: E402  # as above

from adapters.edifact.reading import message, reader  # noqa: E402  # as above
from adapters.edifact.syntax import tokenizer  # noqa: E402  # as above
from adapters.edifact.syntax.scanner import Scanner  # noqa: E402  # as above
from adapters.edifact.syntax.tokenizer import Tokens  # noqa: E402  # as above
from gateway import app  # noqa: E402  # as above

NAME = "native_tokens"
SETUP = (
    f"from setuptools import Extension, setup; setup(name={NAME!r}, ext_modules=[Extension({NAME!r}, ['tokens.c'])])"
)
PYTHON = tokenizer.tokenize
Take = Callable[[bytes], Any]
"""A tokenizer: the arguments of `Tokens` for a message, or None where it does not take it."""


def build(folder: Path) -> ModuleType:
    """Return the extension, compiled and loaded."""
    command = [sys.executable, "-c", SETUP, "-q", "build_ext", "--build-lib", str(folder), "--build-temp", str(folder)]
    subprocess.run(command, cwd=HERE, check=True)
    (library,) = folder.glob(f"{NAME}*")
    spec = importlib.util.spec_from_file_location(NAME, library)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{library} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def plugged(take: Take) -> Iterator[None]:
    """Have another tokenizer take every message that it can, and Python the others."""

    def tokenize(raw: bytes, separators: Any = tokenizer.DEFAULT, *rest: Any) -> Tokens:
        found = take(raw) if separators.standard and not separators.repetition else None
        return PYTHON(raw, separators, *rest) if found is None else Tokens(*found)

    places = (tokenizer, message, reader)
    for place in places:
        place.tokenize = tokenize
    try:
        yield
    finally:
        for place in places:
            place.tokenize = PYTHON


def pieces(content: bytes) -> Iterator[bytes]:
    """Yield the messages and service segments of a file."""
    scanner = Scanner(throughput.chunks(content))
    separators = scanner.start().separators
    while tag := scanner.tag(separators):
        yield (scanner.message(separators) if tag == "UNH" else scanner.segment(separators)).raw


def native(module: ModuleType) -> Take:
    """Return the tokenizer in C."""

    def take(raw: bytes) -> Any:
        found = module.tokens(raw)
        return None if found is None else (found[0], 0, found[1])

    return take


def compare(name: str, module: ModuleType, megabytes: float, rounds: int) -> None:
    """Print the speed of each step, the best of some rounds, with each tokenizer and with a table."""
    in_c = native(module)
    steps = {called: step for called, step, _ in throughput.STEPS[name]}
    seeds = count(1)
    best: dict[str, list[float]] = {called: [0.0, 0.0, 0.0] for called in steps}
    for raw in pieces(b"".join(FILES[name](megabytes, seed=0))):
        if in_c(raw) != (PYTHON(raw).segments, 0, 0):
            raise SystemExit("the two do not give the same tokens")
    for number in range(rounds):
        for called, step in steps.items():
            for column in (number % 3, (number + 1) % 3, (number + 2) % 3):  # each with a file of its own
                content = b"".join(FILES[name](megabytes, seed=next(seeds)))
                known = {raw: (PYTHON(raw).segments,) for raw in pieces(content)} if column == 2 else {}
                with plugged((lambda _: None, in_c, known.get)[column]):
                    _, spent = throughput.seconds(step, content)
                best[called][column] = max(best[called][column], len(content) / 1e6 / spent)
    print(f"\n{name} D.95B, {megabytes} MB, best of {rounds}, MB/s    Python     in C           from a table")
    for called, (python, c, table) in best.items():
        print(
            f"{called:38} {python:8.1f} {c:8.1f} ({c / python:.2f} x) {table:8.1f} ({table / python:.2f} x)",
            flush=True,
        )


def main() -> None:
    """Build, compare and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--mb", type=float, default=2.0, help="size of a file")
    asked.add_argument("--rounds", type=int, default=6)
    given = asked.parse_args()
    app.tune()
    warnings.simplefilter("ignore")  # pydifact's, which is imported with the benchmark
    with tempfile.TemporaryDirectory() as folder:
        module = build(Path(folder))
        for name in FILES:
            compare(name, module, given.mb, given.rounds)


if __name__ == "__main__":
    main()
