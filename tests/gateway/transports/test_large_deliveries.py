"""A delivery of 100 MB, over each transport: sent or not taken, and never held many times over."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from benches import Bench

LARGE = 100_000_000
SPARE = 12_000_000


def test_a_large_delivery_is_sent_or_not_taken_in_bounded_memory(bench: Bench) -> None:
    size = LARGE if bench.limited else min(LARGE, bench.largest)
    probe = Path(__file__).parent / "memory_probe.py"
    asked = pickle.dumps((bench.make, bench.config, size))
    ended = subprocess.run([sys.executable, str(probe)], input=asked, stdout=subprocess.PIPE, check=True)
    outcome, rose = ended.stdout.decode().split(",")
    assert outcome == ("not taken" if size > bench.largest else "delivered")
    assert int(rose) < size * bench.copies + SPARE
    if size <= bench.largest:
        assert sorted(len(content) for content in bench.received()) == [4, size]
