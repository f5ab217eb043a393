"""The long way round on traffic of any size: CUSCAR, report, WCO XML, report, CUSCAR; nothing is lost unsaid."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
sys.path[:0] = [str(ROOT / "tests" / "golden"), str(ROOT / "bench")]

from interchanges import interchange
from trips import changed, ends, travel, unexplained

from gateway import app
from gateway.pipeline.standards import Standards

CORPUS = sorted((SHARED / "corpus" / "edifact" / "CUSCAR").glob("*"))
GENERATOR = SHARED / "bench" / "edifact_interchange.py"


@pytest.fixture(scope="module")
def standards() -> Standards:
    app.tune()
    return app.standards()


def travels(standards: Standards, content: bytes) -> int:
    """Send every manifest of an interchange the long way round; return how many there were."""
    count = 0
    for start in ends(standards, content):
        trip = travel(standards, start)
        assert unexplained(start.document, trip.middle.document, trip.there.losses) == []
        assert unexplained(trip.middle.document, trip.end.document, trip.back.losses) == []
        assert changed(standards, trip) == []
        count += 1
    return count


@pytest.mark.skipif(not CORPUS, reason="the corpus is not part of the repository")
def test_manifests_of_the_corpus_come_back(standards: Standards) -> None:
    assert sum(travels(standards, path.read_bytes()) for path in CORPUS) >= len(CORPUS)


def test_two_megabytes_of_our_own_manifests_come_back(standards: Standards) -> None:
    content = b"".join(interchange(2.0))
    assert len(content) >= 2_000_000
    assert travels(standards, content) == content.count(b"UNH+")


@pytest.mark.skipif(not GENERATOR.exists(), reason="the generator is not part of the repository")
def test_a_megabyte_of_manifests_of_another_hand_comes_back(standards: Standards) -> None:
    content = subprocess.run(
        [sys.executable, str(GENERATOR), "--mb", "1", "--mix", "CUSCAR"], capture_output=True, check=True
    ).stdout
    assert travels(standards, content) == content.count(b"UNH+")
