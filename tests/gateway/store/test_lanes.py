from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from outgoing import MINUTE, NOW, SECOND, Office, made

from gateway.model.journal import NewWork, Work
from gateway.model.pace import Breaker, Pace, Rate
from gateway.model.stages import Outcome
from gateway.store import Lane, Store, lanes, queue
from gateway.store.outbox import add

ROOT = Path(__file__).parents[3]
QUICK = Pace(breaker=Breaker(failures=3, pause=MINUTE, at_most=3 * MINUTE))


def lane(office: Office, endpoint: str) -> Lane:
    return next(one for one in office.store.lanes() if one.endpoint == endpoint)


# turns


def test_a_backlog_of_ten_thousand_at_one_endpoint_delays_no_other(office: Office) -> None:
    with office.store._writing() as connection:
        add(connection, [made(f"b{number}", "big") for number in range(10_000)])
        add(connection, [made("s1", "small"), made("t1", "tiny")])
    taken = [[item.subject[0] for item in office.lease()] for _ in range(4)]
    assert sorted(taken[:3]) == [["b"] * 10, ["s"], ["t"]]
    assert taken[3] == ["b"] * 10


def test_a_lease_holds_deliveries_of_one_endpoint_only(office: Office) -> None:
    office.give(*(made(f"{endpoint}{n}", endpoint) for n in range(3) for endpoint in ("a", "b")))
    assert [[item.subject for item in office.lease(2)] for _ in range(4)] == [
        ["a0", "a1"],
        ["b0", "b1"],
        ["a2"],
        ["b2"],
    ]


def test_no_more_workers_send_to_an_endpoint_at_once_than_it_allows(office: Office) -> None:
    office.paces["customs"] = Pace(workers=2)
    office.give(*(made(f"d{n}") for n in range(9)))
    first, second = office.lease(2, "w1"), office.lease(2, "w2")
    assert (len(first), len(second), office.lease(2, "w3")) == (2, 2, [])
    for item in first:
        office.end(item, Outcome.DELIVERED)
    assert [item.subject for item in office.lease(2, "w3")] == ["d4", "d5"]


# rate


def test_a_rate_allows_its_number_at_once_and_then_one_after_another(office: Office) -> None:
    office.paces["customs"] = Pace(rate=Rate(4, MINUTE))
    office.give(*(made(f"d{n}") for n in range(9)))
    assert len(office.lease(3)) == 3
    assert len(office.lease(3)) == 1
    assert office.lease(3) == []
    office.now += MINUTE / 4 - SECOND
    assert office.lease(3) == []
    office.now += SECOND
    assert len(office.lease(3)) == 1
    office.now += 10 * MINUTE
    assert len(office.lease(9)) == 4, "what was not used does not pile up beyond the number"


def test_a_rate_is_that_of_all_workers_and_of_a_store_that_is_opened_again(office: Office, url: str) -> None:
    office.paces["customs"] = Pace(rate=Rate(4, MINUTE))
    office.give(*(made(f"d{n}") for n in range(9)))
    assert len(office.lease(3, "w1")) == 3
    with closing(Store(url)) as again:
        assert len(Office(again, paces=office.paces).lease(3, "w2")) == 1


# breaker


def failing(office: Office, count: int = 9) -> None:
    office.paces["customs"] = QUICK
    office.give(*(made(f"d{n}") for n in range(count)), made("other", "port"))


def test_a_breaker_opens_after_so_many_attempts_in_a_row_and_what_is_leased_goes_back(office: Office) -> None:
    failing(office)
    items = office.lease(5)
    for item in items[:3]:
        office.end(item, Outcome.BUSY)
    assert [office.begin(item) for item in items[3:]] == [None, None]
    assert [office.state(item.subject) for item in items] == ["queued"] * 5
    found = lane(office, "customs")
    assert (found.state, found.failures, found.probe_at, found.reason) == ("open", 3, NOW + MINUTE, "busy")
    assert office.round(Outcome.DELIVERED) == ["other"]
    assert office.lease() == [], "while it is open nothing is leased there"
    office.now += MINUTE
    assert len(office.lease()) == 1, "then one, as a probe"
    assert office.lease(owner="w2") == []
    assert lane(office, "customs").state == "half_open"


def test_attempts_that_are_answered_keep_a_breaker_closed_even_if_refused(office: Office) -> None:
    office.paces["customs"] = QUICK
    office.give(*(made(f"d{n}") for n in range(9)))
    for outcome in (Outcome.BUSY, Outcome.BUSY, Outcome.REFUSED, Outcome.AMBIGUOUS, Outcome.BUSY, Outcome.DELIVERED):
        (item,) = office.lease(1)
        office.end(item, outcome)
    assert (lane(office, "customs").state, lane(office, "customs").failures) == ("closed", 0)


def opened(office: Office) -> None:
    failing(office)
    office.round(Outcome.DELIVERED, 1)
    office.round(Outcome.DELIVERED, 1)
    items = office.lease(3)
    for item in items:
        office.end(item, Outcome.BUSY)
    assert lane(office, "customs").state == "open"


def test_the_pause_doubles_with_each_probe_that_finds_nobody_up_to_its_cap(office: Office) -> None:
    opened(office)
    pauses = []
    for _ in range(4):
        found = lane(office, "customs")
        assert found.probe_at is not None
        pauses.append((found.probe_at - office.now) / MINUTE)
        office.now = found.probe_at
        assert len(office.round(Outcome.BUSY)) == 1
    assert pauses == [1, 2, 3, 3]


def test_a_probe_that_is_answered_closes_the_breaker_and_the_backlog_goes(office: Office) -> None:
    opened(office)
    office.now += MINUTE
    assert len(office.round(Outcome.DELIVERED)) == 1
    assert (lane(office, "customs").state, lane(office, "customs").failures) == ("closed", 0)
    assert len(office.lease()) > 1


def test_a_worker_that_dies_with_the_probe_leaves_room_for_another(office: Office) -> None:
    opened(office)
    office.now += MINUTE
    (probe,) = office.lease()
    office.now += MINUTE
    (other,) = office.lease(owner="w2")
    office.end(other, Outcome.DELIVERED)
    assert lane(office, "customs").state == "closed"
    rest = [item.subject for item in office.lease(owner="w3")]
    while more := office.lease(owner="w3"):
        rest += [item.subject for item in more]
    assert probe.subject in rest, "it comes again by itself"


def test_a_restart_and_another_process_see_an_open_breaker(office: Office, url: str) -> None:
    opened(office)
    code = (
        "import sys; from datetime import datetime; from gateway.store import Store\n"
        "s = Store(sys.argv[1]); now = datetime.fromisoformat(sys.argv[2])\n"
        "print([i.subject for i in s.lease(['deliver'], now, 60, 'p', 9)], s.lanes()[0].state); s.close()"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, url, office.now.isoformat()], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["[]", "open"]


# poison


def test_an_item_that_workers_die_on_comes_alone_and_is_dead_in_the_end_while_others_go_on(office: Office) -> None:
    office.store.enqueue([NewWork("replay", f"r{n}", NOW + n * SECOND) for n in range(4)])
    batches = []
    for _ in range(queue.MOST_DEATHS):
        office.now += 2 * MINUTE
        batches.append([item.subject for item in office.store.lease(["replay"], office.now, 60, "w", 3)])
    office.now += 2 * MINUTE
    assert batches[0] == ["r0", "r1", "r2"], "nobody is suspected yet"
    assert all(len(batch) == 1 for batch in batches[2:])
    office.store.lease(["replay"], office.now, 60, "w", 3)


def test_a_delivery_that_kills_its_worker_each_time_ends_in_quarantine_and_the_others_are_sent(office: Office) -> None:
    office.give(made("poison"), made("good"))
    sent = []
    for _ in range(40):
        for item in office.lease():
            if item.subject == "poison":
                office.begin(item)
                break  # and the worker is gone
            office.end(item, Outcome.DELIVERED)
            sent.append(item.subject)
        office.now += 2 * MINUTE
    assert sent == ["good"]
    assert office.state("poison") == "quarantined"
    (letter,) = office.store.dead_letters()
    assert "workers died on it" in letter.reason
    assert office.store.counters().work_dead == 0


def test_a_fault_of_ours_counts_apart_from_attempts_that_found_nobody(office: Office) -> None:
    office.give(made("d1"))
    for _ in range(7):
        (item,) = office.lease()
        office.end(item, Outcome.BUSY)
        office.now = max(office.now + MINUTE, lane(office, "customs").probe_at or office.now)
    (item,) = office.lease()
    assert (item.attempt, item.faults) == (8, 0)
    assert office.store.fail(item, "KeyError", office.now, office.now, fault=True)
    (again,) = office.lease()
    assert again.faults == 1


# heartbeats, and giving back


def test_a_batch_is_kept_by_heartbeats_while_its_first_item_is_slow(office: Office) -> None:
    office.give(made("d1"), made("d2"))
    first, second = office.lease()
    office.now += 50 * SECOND
    assert office.store.extend_all([first, second], office.now, 60) == [True, True]
    office.now += 50 * SECOND
    assert office.lease(owner="w2") == []
    assert office.end(first, Outcome.DELIVERED) == "delivered"
    assert office.end(second, Outcome.DELIVERED) == "delivered"


def test_an_item_that_is_put_back_is_as_if_it_had_never_been_taken(office: Office) -> None:
    office.give(made("d1"))
    items = office.lease()
    office.store.put_back(items, office.now)
    (again,) = office.lease(owner="w2")
    assert (again.attempt, again.faults) == (1, 0)
    assert office.begin(items[0]) is None


@pytest.mark.parametrize(("ahead", "wanted", "given"), [(0, 9, 4), (15, 9, 3), (60, 9, 0), (59, 9, 0), (45, 1, 1)])
def test_what_a_rate_allows_follows_from_one_time(ahead: int, wanted: int, given: int) -> None:
    assert lanes.allowed(NOW + timedelta(seconds=ahead), Rate(4, MINUTE), NOW, wanted) == given


def test_watch_finds_what_nobody_works_on_and_no_more(office: Office) -> None:
    opened(office)
    office.give(made("left", "port"))
    assert office.store.neglected(office.now, MINUTE).overdue == 0
    office.now += 2 * MINUTE
    found = office.store.neglected(office.now, MINUTE)
    assert (found.overdue, found.oldest, found.lost) == (1, NOW, 0), "an open breaker is no neglect"
    (item,) = [item for item in office.lease() + office.lease(owner="w2") if item.subject == "left"]
    assert office.store.neglected(office.now, MINUTE).overdue == 0
    with office.store._writing() as connection:
        queue.drop(connection, Work.DELIVER, item.subject)
    assert office.store.neglected(office.now, MINUTE).lost == 1
