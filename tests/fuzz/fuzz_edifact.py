"""Coverage-guided search for bytes that break a law of the EDIFACT engine: `make fuzz`, or with options of libFuzzer.

    python tests/fuzz/fuzz_edifact.py [FOLDER] -max_total_time=600

FOLDER keeps what was found worth mutating. Without it each run starts from the samples alone.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "adapters" / "edifact")]

with atheris.instrument_imports(include=["adapters.edifact"]):
    import byte_laws as laws

    from adapters.edifact import read

#: The fuzzer is fast on what is short: of a longer seed this much is taken, most of its beginning and some of its end.
LONGEST, BEGINNING = 800, 600


def one_input(content: bytes) -> None:
    """See that every law holds for some bytes, and that their chunks change nothing."""
    whole = laws.hold(content)
    for size in (1 + len(content) // 300, 1 + len(content) // 3):
        assert laws.shape(list(read(laws.chunked(content, size)))) == laws.shape(whole)


def seeds() -> Iterator[bytes]:
    """The samples, and real files where this checkout has them beside it."""
    folders = (ROOT / "samples" / "edifact", ROOT / "tests", ROOT.parent / "shared" / "corpus" / "edifact")
    for folder in folders:
        for path in sorted(folder.rglob("*.edi")):
            content = path.read_bytes()
            yield content if len(content) <= LONGEST else content[:BEGINNING] + content[BEGINNING - LONGEST :]


def main() -> None:
    """Fuzz; the options are those of libFuzzer."""
    folders = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    with tempfile.TemporaryDirectory() as seeded:
        for number, seed in enumerate(seeds()):
            (Path(seeded) / f"{number}.edi").write_bytes(seed)
        options = [argument for argument in sys.argv[1:] if argument.startswith("-")]
        words = ROOT / "tests" / "fuzz" / "edifact.dict"
        atheris.Setup([sys.argv[0], f"-dict={words}", f"-max_len={LONGEST}", *options, *folders, seeded], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
