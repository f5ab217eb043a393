from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from brokers import eventually
from feeding import Taker, intake

from gateway.model.frames import Frame, unpack
from gateway.transports.batches import Batches, Taken, form_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Marks:
    def __init__(self) -> None:
        self.got: list[int] = []

    def acknowledge(self, marks: Sequence[int]) -> None:
        self.got += marks


class Feed:
    """Batches with what they were given and where it went."""

    def __init__(self, feed: str = "nmea", window: int = 1000, **options: int) -> None:
        self.taker, self.marks = Taker(), Marks()
        self.batches = Batches(intake(feed, **options), form_of(feed), window, window)

    def start(self) -> Feed:
        self.batches.start(self.taker)
        return self

    def put(self, payload: bytes, mark: int = 0, source: str = "", topic: str = "", *, kept: bool = True) -> None:
        self.batches.put(Taken(payload, NOW, source, topic, origin=self.marks, mark=mark, kept=kept))


@pytest.fixture
def feeds() -> Iterator[list[Feed]]:
    made: list[Feed] = []
    yield made
    for feed in made:
        feed.taker.open.set()
        feed.batches.stop()


def test_a_message_is_acknowledged_only_after_it_is_durable(feeds: list[Feed]) -> None:
    feed = Feed().start()
    feeds.append(feed)
    feed.taker.open.clear()
    feed.put(b"x", 7)
    eventually(lambda: feed.batches.health(alive=True).backlog == 1)
    assert feed.marks.got == []
    feed.taker.open.set()
    eventually(lambda: feed.marks.got == [7])
    assert feed.taker.lines == [b"x"]


def test_acknowledgments_come_in_the_order_of_receipt_whatever_the_source(feeds: list[Feed]) -> None:
    feed = Feed()
    feeds.append(feed)
    for number in range(100):
        feed.put(b"%d" % number, number, source="ab"[number % 2])
    feed.start()
    eventually(lambda: len(feed.marks.got) == 100)
    assert feed.marks.got == list(range(100))
    assert [arrival.attributes["source"] for arrival in feed.taker.got] == ["a", "b"]
    assert feed.taker.lines == [b"%d" % number for number in (*range(0, 100, 2), *range(1, 100, 2))]


def test_a_batch_holds_500_messages_at_most(feeds: list[Feed]) -> None:
    feed = Feed(window=3000)
    feeds.append(feed)
    for number in range(1200):
        feed.put(b"%d" % number, number)
    feed.start()
    eventually(lambda: len(feed.marks.got) == 1200)
    assert [content.count(b"\n") + 1 for content in feed.taker.contents] == [500, 500, 200]
    assert feed.taker.lines == [b"%d" % number for number in range(1200)]


def test_a_window_smaller_than_a_batch_does_not_wait_for_ever(feeds: list[Feed]) -> None:
    feed = Feed(window=3).start()
    feeds.append(feed)
    for number in range(3):
        feed.put(b"%d" % number, number)
    eventually(lambda: feed.marks.got == [0, 1, 2])


def test_messages_with_topics_are_framed_and_come_out_as_they_were(feeds: list[Feed]) -> None:
    feed = Feed("digitraffic")
    feeds.append(feed)
    feed.put(b'{"a": 1}\n', topic="vessels-v2/1/location")
    feed.put(b"", topic="vessels-v2/2/location")
    feed.start()
    eventually(lambda: len(feed.marks.got) == 2)
    (arrival,) = feed.taker.got
    seconds = NOW.timestamp()
    assert list(unpack(arrival.content)) == [
        Frame("vessels-v2/1/location", b'{"a": 1}\n', seconds),
        Frame("vessels-v2/2/location", b"", seconds),
    ]
    assert (arrival.endpoint, arrival.received_at, arrival.attributes) == ("ais", NOW, {"principal": "coast"})


def test_without_a_feed_each_message_is_an_arrival_of_its_own(feeds: list[Feed]) -> None:
    feed = Feed("")
    feeds.append(feed)
    feed.put(b"UNA", topic="edi/in")
    feed.put(b"UNB", topic="edi/in")
    feed.start()
    eventually(lambda: len(feed.marks.got) == 2)
    assert feed.taker.contents == [b"UNA", b"UNB"]
    assert feed.taker.got[0].attributes == {"topic": "edi/in", "principal": "coast"}


def test_while_nothing_can_be_recorded_nothing_is_acknowledged_and_there_is_no_room(feeds: list[Feed]) -> None:
    feed = Feed(window=10)
    feeds.append(feed)
    feed.taker.full = True
    feed.start()
    for number in range(10):
        feed.put(b"%d" % number, number)
    eventually(lambda: feed.taker.asked > 1)
    assert feed.batches.room() == 0
    assert not feed.batches.wait_for_room(0)
    assert feed.marks.got == []
    assert feed.batches.health(alive=True).trouble == "the disk is full"
    feed.taker.full = False
    eventually(lambda: feed.marks.got == list(range(10)))
    assert feed.taker.lines == [b"%d" % number for number in range(10)]
    assert (feed.batches.room(), feed.batches.health(alive=True).trouble) == (10, "")


def test_a_try_made_again_has_the_same_arrival_id(feeds: list[Feed]) -> None:
    feed = Feed()
    feeds.append(feed)
    seen: list[str] = []

    def accept(arrival: object) -> object:
        seen.append(arrival.id)  # type: ignore[attr-defined]
        feed.taker.full = len(seen) < 3
        return feed.taker(arrival)  # type: ignore[arg-type]

    feed.put(b"x", 1)
    feed.batches.start(accept)  # type: ignore[arg-type]
    eventually(lambda: feed.marks.got == [1])
    assert len(seen) == 3
    assert len(set(seen)) == 1


def test_large_messages_fill_the_backlog_by_their_bytes(feeds: list[Feed]) -> None:
    feed = Feed(window=1000)
    feeds.append(feed)
    room = []
    while feed.batches.room():
        feed.put(bytes(10_000_000))
        room.append(feed.batches.health(alive=True).backlog)
    assert len(room) == 5  # up to what one message may have: 50 MB


def test_a_message_that_our_own_fault_hits_is_set_aside_and_stops_no_other(feeds: list[Feed]) -> None:
    feed = Feed()
    feeds.append(feed)
    feed.taker.poison = b"poison"
    for number in range(40):
        feed.put(b"poison" if number == 13 else b"%d" % number, number)
    feed.start()
    eventually(lambda: len(feed.marks.got) == 39)
    assert feed.marks.got == [number for number in range(40) if number != 13]
    assert sorted(feed.taker.lines, key=int) == [b"%d" % number for number in range(40) if number != 13]
    assert feed.batches.health(alive=True).set_aside == 1


def test_what_is_not_kept_is_acknowledged_in_its_turn_and_recorded_nowhere(feeds: list[Feed]) -> None:
    feed = Feed()
    feeds.append(feed)
    feed.put(b"a", 1)
    feed.put(b"", 2, kept=False)
    feed.put(b"c", 3)
    feed.start()
    eventually(lambda: feed.marks.got == [1, 2, 3])
    assert feed.taker.lines == [b"a", b"c"]


def test_stopping_makes_durable_what_is_held() -> None:
    feed = Feed(window=5000)
    feed.taker.open.clear()
    feed.start()
    for number in range(1300):
        feed.put(b"%d" % number, number)
    stopping = Thread(target=feed.batches.stop)
    stopping.start()
    feed.taker.open.set()
    stopping.join()
    assert feed.marks.got == list(range(1300))
    assert not feed.batches.health(alive=True).alive


def test_stopping_does_not_wait_for_a_store_that_takes_nothing() -> None:
    feed = Feed()
    feed.taker.full = True
    feed.start()
    feed.put(b"x", 1)
    eventually(lambda: feed.taker.asked > 0)
    feed.batches.stop()
    assert feed.marks.got == []


def test_a_gap_says_since_when() -> None:
    feed = Feed()
    feed.put(b"x")
    feed.batches.gap()
    health = feed.batches.health(alive=True)
    assert (health.gaps, health.gap_since) == (1, NOW)
    assert health.gap_until is not None
