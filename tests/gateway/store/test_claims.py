from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from gateway.model.journal import Claim, Reception, Use
from gateway.model.stages import Arrival
from gateway.store import Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[3]
MONTH = timedelta(days=30)


def arrival(id_: str, content: bytes = b"UNB", at: datetime = NOW) -> Arrival:
    return Arrival(id_, "http", at, content)


def holders(store: Store, by: Arrival, *claims: Claim) -> list[tuple[str, int]]:
    return [(use.arrival, use.number) for use in store.claim(by, claims)]


def test_a_free_key_is_taken_and_stays_with_who_took_it(store: Store) -> None:
    one, two = Claim("k1", "d1", number=1), Claim("k2", "d2", number=2)
    assert store.claim(arrival("a1"), [one, two]) == [Use("a1", 1, "d1"), Use("a1", 2, "d2")]
    assert store.claim(arrival("a2"), [two, Claim("k3", "d3", number=2)]) == [Use("a1", 2, "d2"), Use("a2", 2, "d3")]


def test_asking_again_answers_the_same(store: Store) -> None:
    wanted = [Claim("k1", number=1), Claim("", number=2), Claim("k2", number=3)]
    first = store.claim(arrival("a1"), wanted)
    assert store.claim(arrival("a1"), wanted) == first
    assert [use.arrival for use in first] == ["a1"] * 3


def test_a_key_that_stands_twice_in_an_arrival_is_the_first_ones(store: Store) -> None:
    assert holders(store, arrival("a1"), Claim("k", number=1), Claim("k", number=2)) == [("a1", 1), ("a1", 1)]


def test_a_key_is_free_again_when_the_window_of_its_use_is_over_and_the_use_before_stays_known(store: Store) -> None:
    within = Claim("k", "d", MONTH, 1)
    store.claim(arrival("a1"), [within])
    last = arrival("a2", at=NOW + MONTH - timedelta(microseconds=1))
    assert holders(store, last, within) == [("a1", 1)]
    after = arrival("a3", at=NOW + MONTH)
    assert holders(store, after, within) == [("a3", 1)]
    assert holders(store, arrival("a4", at=NOW + MONTH * 1.5), within) == [("a3", 1)]
    assert holders(store, arrival("a1"), within) == [("a1", 1)], "a step of the first one done again"
    assert holders(store, arrival("a5", at=NOW + MONTH * 99), Claim("k", "d", None, 1)) == [("a3", 1)], "for good"


def test_looking_takes_nothing(store: Store) -> None:
    assert store.claim(arrival("a1"), [Claim("k")], keep=False) == [Use("a1", 0, "")]
    assert store.claim(arrival("a2"), [Claim("k")]) == [Use("a2", 0, "")]


def test_outside_its_window_a_reference_is_recorded_as_new_and_inside_as_a_repeat(store: Store) -> None:
    def outcome(id_: str, content: bytes, at: datetime) -> Reception:
        return store.record(arrival(id_, content, at), Claim("k", within=MONTH, number=1)).outcome

    assert outcome("a1", b"x", NOW) is Reception.NEW
    assert outcome("a2", b"x", NOW + MONTH / 2) is Reception.DUPLICATE
    assert outcome("a3", b"y", NOW + MONTH / 2) is Reception.CONFLICT
    assert outcome("a4", b"y", NOW + MONTH) is Reception.NEW
    assert outcome("a5", b"x", NOW + MONTH * 1.5) is Reception.CONFLICT
    again = store.record(arrival("a6", b"y", NOW + MONTH * 1.5), Claim("k", within=MONTH, number=1))
    assert (again.outcome, again.first_id) == (Reception.DUPLICATE, "a4")


def test_a_repeat_of_one_interchange_of_an_arrival_says_which(store: Store) -> None:
    store.record(arrival("a1", b"one two"), Claim("whole"))
    store.claim(arrival("a1"), [Claim("k1", "d1", number=1), Claim("k2", "d2", number=2)])
    again = store.record(arrival("a2", b"two"), Claim("k2", "d2", number=1))
    assert (again.outcome, again.id) == (Reception.DUPLICATE, "a1")
    repeat = store.repeat("a2")
    assert repeat is not None
    assert (repeat.first, repeat.number) == ("a1", 2)


def test_more_keys_than_one_query_can_ask_for_are_taken_at_once(store: Store) -> None:
    wanted = [Claim(f"k{number}", number=number) for number in range(2500)]
    assert set(holders(store, arrival("a1"), *wanted)) == {("a1", number) for number in range(2500)}
    assert set(holders(store, arrival("a2"), *wanted)) == {("a1", number) for number in range(2500)}


def test_of_threads_that_record_the_same_key_at_once_one_is_new(store: Store) -> None:
    outcomes: list[Reception] = []
    start = threading.Barrier(8)

    def record(number: int) -> None:
        start.wait()
        outcomes.append(store.record(arrival(f"a{number}"), Claim("k", number=1)).outcome)

    threads = [threading.Thread(target=record, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(outcomes) == {Reception.NEW: 1, Reception.DUPLICATE: 7}


_RECORDER = """
import sys
from datetime import UTC, datetime
from gateway.model.journal import Claim
from gateway.model.stages import Arrival
from gateway.store import Store

store, owner = Store(sys.argv[1]), sys.argv[2]
now = datetime(2026, 3, 1, 12, tzinfo=UTC)
print("ready", flush=True)
sys.stdin.readline()
for number in range(60):
    recorded = store.record(Arrival(f"{owner}-{number}", "http", now, b"x"), Claim(f"key {number}", number=1))
    print(number, recorded.outcome, flush=True)
    wanted = [Claim(f"message {number} {message}") for message in range(3)]
    uses = store.claim(Arrival(f"{owner}-{number}", "http", now, b"x"), wanted)
    assert len({use.arrival for use in uses}) == 1, "taken together, or not at all"
    print(number, "message", uses[0].arrival.startswith(owner), flush=True)
"""


def test_of_processes_that_use_the_same_keys_at_once_one_has_each(url: str) -> None:
    with closing(Store(url)) as store:
        store.upgrade()
    started = [
        subprocess.Popen(
            [sys.executable, "-c", _RECORDER, url, owner],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for owner in ("p", "q", "r")
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    said = said_by(started)
    outcomes = Counter(tuple(line.split()) for line in said)
    for number in range(60):
        assert outcomes[str(number), "new"] == 1
        assert outcomes[str(number), "duplicate"] == 2
        assert outcomes[str(number), "message", "True"] == 1
        assert outcomes[str(number), "message", "False"] == 2


def said_by(started: Sequence[subprocess.Popen[str]]) -> list[str]:
    """Let all begin at once, and return every line they say."""
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [line for process in started for line in process.communicate(timeout=60)[0].splitlines()]
    assert [process.returncode for process in started] == [0] * len(started)
    return said


def test_two_who_would_take_the_same_turn_of_a_key_are_kept_apart_by_the_table_itself(store: Store) -> None:
    store.claim(arrival("a1"), [Claim("k")])
    row = "INSERT INTO claims (key, turn, arrival, number, sha256, used_at) VALUES ('k', 1, 'a2', 0, '', :at)"
    with store._engine.connect() as connection, pytest.raises(IntegrityError, match=r"(?i)unique"):
        connection.execute(text(row), {"at": NOW.isoformat()})


def test_keys_of_the_schema_before_are_carried_over(empty_url: str) -> None:
    store = Store(empty_url)
    config = Config()
    config.set_main_option("script_location", "gateway.store:migrations")
    row = (
        "INSERT INTO arrivals (id, endpoint, received_at, sha256, dedupe_key, attributes, state, content) "
        "VALUES (:id, 'http', '2026-03-01T12:00:00.000000Z', :sha, :key, '{}', 'accepted', :content)"
    )
    old = Arrival("old", "http", NOW, b"x")
    with store._writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text(row), {"id": "old", "sha": old.sha256, "key": "edifact|A|B|1|", "content": b"x"})
        connection.execute(text(row), {"id": "keyless", "sha": "0" * 64, "key": "", "content": b"y"})
    store.upgrade()
    again = store.record(arrival("a1", b"x"), Claim("edifact|A|B|1|", "other digest", number=1))
    assert (again.outcome, again.first_id) == (Reception.DUPLICATE, "old")
    assert store.record(arrival("a2", b"z"), Claim("edifact|A|B|1|", number=1)).conflict
    with store._writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        kept = connection.execute(text("SELECT id, dedupe_key FROM arrivals ORDER BY id")).all()
    assert [tuple(one) for one in kept] == [("a2", ""), ("keyless", ""), ("old", "edifact|A|B|1|")]
    store.close()
