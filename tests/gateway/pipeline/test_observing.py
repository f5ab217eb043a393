from __future__ import annotations

import json
import resource
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desk import CUSTOMS, LINE, Desk, manifest, sample

from gateway.app import parts
from gateway.errors import StoreError
from gateway.model.journal import NewWork, Work
from gateway.model.stages import Arrival
from gateway.pipeline.observing import WATCH
from gateway.settings import load_site

EARLIER, LATER = datetime(2026, 11, 19, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC)
CALL = sample("ais/exampleport-call.nmea").splitlines()
LINES = CALL[80:]  # she is near enough to be of interest
DECLARED = manifest().replace(b"NLRTM", b"XZEXP").replace(b"202611280600", b"202611210600")
COMMUNITY = "port-community-events"


class Shore(Desk):
    """The example site with what its coast stations heard of one call."""

    _heard: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.restart()
        self.store.enqueue([NewWork(Work.OBSERVE, WATCH, self.now)])

    def restart(self) -> None:
        """Forget all that is not in the store, as a process that died does."""
        self.runner.owner += "+"
        site = load_site(self.folder / "site")
        self.runner.observer = parts.observer(site, self.processor, self.runner.owner)

    def hear(self, lines: Sequence[bytes], at_once: int = 50) -> None:
        """Take in lines in batches, each seen in a round of its own."""
        for number in range(0, len(lines), at_once):
            self._heard += 1
            content = b"\n".join(lines[number : number + at_once])
            self.store.hear([Arrival(f"batch-{self._heard:05d}", "coast-stations", self.now, content)])
            self.now += timedelta(seconds=1)
            self.runner.observe()
        self.work()

    def events(self) -> list[str]:
        """What the port community got: type and certainty, in order."""
        got = [json.loads(content) for content in self.inbox(COMMUNITY)]
        got.sort(key=lambda one: (one["time"], one["id"]))
        return [f"{one['data']['certainty']} {one['data']['type']}" for one in got]


@pytest.fixture
def shore(tmp_path: Path) -> Iterator[Shore]:
    made = Shore(tmp_path, LATER)
    yield made
    made.close()


WHAT_SHE_DID = [
    "anchorage start",
    "anchorage end",
    "port arrival",
    "berth arrival",
    "berth departure",
    "port departure",
]


def test_a_call_becomes_events_each_told_provisionally_and_then_for_certain(shore: Shore) -> None:
    shore.hear(LINES)
    assert sorted(shore.events()) == sorted(
        f"{told} {what}" for told in ("provisional", "confirmed") for what in WHAT_SHE_DID
    )
    assert shore.errors == []


@pytest.mark.parametrize("at_once", [13, 1000])
def test_batches_do_not_matter(shore: Shore, at_once: int) -> None:
    shore.hear(LINES, at_once)
    assert len(shore.events()) == 12


def test_a_restart_at_any_point_tells_nothing_twice_and_loses_nothing(shore: Shore) -> None:
    for number in range(0, len(LINES), 90):
        shore.hear(LINES[number : number + 90])
        shore.restart()
    assert len(shore.events()) == 12


def test_the_log_once_more_tells_nothing_anew(shore: Shore) -> None:
    shore.hear(LINES)
    before = len(shore.inbox(COMMUNITY)), len(shore.inbox(CUSTOMS))
    shore.hear(LINES)
    assert (len(shore.inbox(COMMUNITY)), len(shore.inbox(CUSTOMS))) == before


def test_customs_is_told_of_the_arrival_with_what_was_declared(shore: Shore) -> None:
    shore.now = EARLIER
    shore.take(DECLARED)
    shore.now = LATER
    shore.hear(LINES)
    (notice,) = [content for content in shore.inbox(CUSTOMS) if b"conveyance-report" in content]
    assert b"9999993" in notice
    assert b"042E" in notice


def test_the_line_is_reminded_of_the_manifest_that_is_missing(shore: Shore) -> None:
    shore.hear(LINES)
    (reminder,) = shore.inbox(LINE)
    assert b"APERAK" in reminder
    assert b"PH-5004" in reminder


def test_nobody_is_reminded_of_a_manifest_that_is_lodged(shore: Shore) -> None:
    shore.now = EARLIER
    shore.take(DECLARED)
    before = len(shore.inbox(LINE))
    shore.now = LATER
    shore.hear(LINES)
    assert len(shore.inbox(LINE)) == before


def test_a_voyage_that_was_declared_otherwise_is_told(shore: Shore) -> None:
    shore.now = EARLIER
    shore.take(manifest())
    shore.now = LATER
    shore.hear(LINES)
    assert [content for content in shore.inbox(LINE) if b"PH-5001" in content]
    findings = {
        found.finding.code for arrival in shore.store.recent(1000) for found in shore.store.findings(arrival=arrival.id)
    }
    assert "PH-5001" in findings


def test_what_of_a_feed_is_put_aside_is_told_with_a_sample(shore: Shore) -> None:
    shore.hear(LINES)
    told = [event.text for arrival in shore.store.recent(1000) for event in shore.store.timeline(arrival.id)]
    (line,) = [text for text in told if "checksum" in text]
    assert "1 x checksum wrong (like !AIVDM" in line
    assert line.startswith("coast-stations put aside ")


@contextmanager
def full_disk() -> Iterator[None]:
    """Let this process write to no file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_takes_no_batch_and_loses_none(shore: Shore) -> None:
    shore.hear(LINES[:300])
    kept = Arrival("kept", "coast-stations", shore.now, b"\n".join(LINES[300:700]))
    with full_disk(), pytest.raises(StoreError):
        shore.store.hear([kept])
    shore.store.hear([kept])
    for _ in range(9):
        shore.now += timedelta(minutes=10)
        with full_disk(), pytest.raises(StoreError):
            shore.runner.observe()
    shore.hear(LINES[700:])
    assert len(shore.events()) == 12
    assert shore.errors == []


def test_a_disk_that_is_full_at_every_commit_makes_no_batch_a_faulty_one(shore: Shore) -> None:
    shore.hear(LINES[:300])
    shore.store.hear([Arrival("kept", "coast-stations", shore.now, b"\n".join(LINES[300:700]))])
    with ExitStack() as full:
        shore.runner.on_step = lambda step: full.enter_context(full_disk()) if step == "observe" else None
        for _ in range(9):
            shore.now += timedelta(minutes=1)
            for _ in range(2):
                with pytest.raises(StoreError):
                    shore.runner.observe()
            full.close()
    shore.runner.on_step = lambda _step: None
    shore.hear(LINES[700:])
    assert len(shore.events()) == 12
    assert shore.errors == []


def test_a_round_whose_commit_is_lost_is_done_again_from_the_store(shore: Shore) -> None:
    shore.hear(LINES[:600])
    shore.store.hear([Arrival("batch-lost", "coast-stations", shore.now, b"\n".join(LINES[600:700]))])
    complete = shore.store.complete
    shore.store.complete = lambda _item, _result: False  # type: ignore[method-assign]
    shore.runner.observe()
    shore.store.complete = complete  # type: ignore[method-assign]
    shore.now += timedelta(minutes=10)
    shore.hear(LINES[700:])
    assert len(shore.events()) == 12


def test_what_was_certain_in_an_hour_goes_as_one_list_at_its_end(shore: Shore) -> None:
    shore.hear(LINES)
    assert shore.inbox("port-community-summaries") == []
    shore.now = LATER + timedelta(hours=1)
    shore.work()
    (content,) = shore.inbox("port-community-summaries")
    assert sorted(one["data"]["type"] for one in json.loads(content)) == sorted(WHAT_SHE_DID)
    assert {one["data"]["certainty"] for one in json.loads(content)} == {"confirmed"}
    assert shore.errors == []
