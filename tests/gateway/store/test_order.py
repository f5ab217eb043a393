from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from outgoing import MINUTE, NOW, Office, made

from gateway.model.stages import Outcome
from gateway.store import Store

ROOT = Path(__file__).parents[3]


def ids(office: Office) -> list[str]:
    return [item.subject for item in office.lease()]


def test_deliveries_of_one_order_go_one_after_another_and_others_beside_them(office: Office) -> None:
    office.give(made("a1", order="a"), made("b1", order="b"), made("a2", order="a"), made("free"))
    office.give(made("a3", order="a"))
    assert office.round(Outcome.DELIVERED) == ["a1", "b1", "free"]
    assert office.round(Outcome.DELIVERED) == ["a2"]
    assert office.round(Outcome.DELIVERED) == ["a3"]


def test_what_is_tried_again_keeps_its_place(office: Office) -> None:
    office.give(made("a1", order="a"), made("a2", order="a"))
    assert office.round(Outcome.BUSY) == ["a1"]
    assert ids(office) == []
    office.now += MINUTE
    assert office.round(Outcome.DELIVERED) == ["a1"]
    assert ids(office) == ["a2"]


def test_a_dead_letter_holds_up_its_order_and_is_told_until_a_person_abandons_it(office: Office) -> None:
    office.give(made("a1", order="a"), made("a2", order="a"), made("a3", order="a"), made("b1", order="b"))
    items = {item.subject: item for item in office.lease()}
    office.end(items["a1"], Outcome.REFUSED)
    office.end(items["b1"], Outcome.REFUSED)
    assert ids(office) == []
    (blocked,) = office.store.blocking()
    assert (blocked.delivery, blocked.state, blocked.order, blocked.waiting) == ("a1", "dead", "a", 2)
    assert office.store.abandon("a1", office.now, "ann", "declared by hand")
    assert office.store.blocking() == []
    assert office.round(Outcome.DELIVERED) == ["a2"]
    assert ids(office) == ["a3"]


def test_a_dead_letter_that_is_skipped_lets_the_others_go_and_may_go_later(office: Office) -> None:
    office.give(made("a1", order="a"), made("a2", order="a"), made("a3", order="a"))
    office.round(Outcome.REFUSED)
    assert not office.store.skip("a2", office.now, "ann", "it is not stuck")
    assert office.store.skip("a1", office.now, "ann", "the line is on the phone")
    assert office.round(Outcome.DELIVERED) == ["a2"]
    assert office.store.retry("a1", office.now, "ann", "mended")
    assert sorted(office.round(Outcome.DELIVERED) + office.round(Outcome.DELIVERED)) == ["a1", "a3"]


def test_a_delivery_goes_after_another_whatever_endpoint_it_is_for(office: Office) -> None:
    office.give(made("aperak", "z", after="contrl"), made("contrl", "a"), made("alone", "z", after="never made"))
    assert sorted(ids(office) + ids(office)) == ["alone", "contrl"]
    office.now += 2 * MINUTE
    for item in office.lease() + office.lease():
        office.end(item, Outcome.DELIVERED)
    assert ids(office) == ["aperak"]


def test_one_that_waits_for_two_goes_when_both_are_settled(office: Office) -> None:
    office.give(made("a1", order="a"), made("c", "port"), made("a2", order="a", after="c"))
    items = {item.subject: item for item in office.lease() + office.lease()}
    office.end(items["a1"], Outcome.DELIVERED)
    assert ids(office) == []
    office.end(items["c"], Outcome.DELIVERED)
    assert ids(office) == ["a2"]


def test_what_comes_after_the_last_of_its_order_was_settled_waits_for_nobody(office: Office) -> None:
    office.give(made("a1", order="a"))
    office.round(Outcome.DELIVERED)
    office.give(made("a2", order="a"), replace(made("c2"), after="a1"))
    assert sorted(ids(office)) == ["a2", "c2"]


_WRITER = """
import sys
from datetime import UTC, datetime
from gateway.model.stages import Delivery, Outcome, Receipt
from gateway.store import Store
from gateway.store.outbox import add

store, name, now = Store(sys.argv[1]), sys.argv[2], datetime(2026, 3, 1, 12, tzinfo=UTC)
print("ready", flush=True)
sys.stdin.readline()
for number in range(25):
    id_ = f"{name}{number}"
    with store._writing() as connection:
        add(connection, [Delivery(id_, id_, "lines", "customs", b"x", "t", "document", now, order="one")])
    for item in store.lease(["deliver"], now, 600, name, 5):
        attempt = store.begin_attempt(item, now, idempotent=lambda _: True)
        print(item.subject, flush=True)
        store.settle(attempt, Receipt(item.subject, now, Outcome.DELIVERED))
store.close()
"""


def test_two_processes_that_add_and_send_leave_nobody_waiting_for_what_is_settled(url: str) -> None:
    store = Store(url)
    store.upgrade()
    started = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, url, name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in "pq"
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    sent = [line for process in started for line in process.communicate(timeout=120)[0].split()]
    assert [process.returncode for process in started] == [0, 0]
    office = Office(store, NOW)
    while more := office.round(Outcome.DELIVERED):
        sent += more
    assert sorted(sent) == sorted(f"{name}{number}" for name in "pq" for number in range(25))
    store.close()
