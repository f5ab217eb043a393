"""The runner as a worker: batches, heartbeats, stopping, faults of ours; with a real store and the example site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from desk import COMMUNITY, CUSTOMS, LINE, Desk, manifest

from gateway.errors import StoreFull, TransportBusy
from gateway.model.pace import Breaker, Pace
from gateway.model.stages import Delivery, Outcome, Receipt
from gateway.store import Room, Store

MINUTE = timedelta(minutes=1)


def numbered(number: int) -> bytes:
    """A manifest of its own: control reference and LRN differ."""
    content = manifest().replace(b"BA000001", b"BA0009%02d" % number)
    return content.replace(b"BA26-042E-01", b"BA26-042E-%02d" % number)


class Line:
    """A transport that does with each delivery what a test says."""

    def __init__(self, send: Callable[[Delivery], Receipt]) -> None:
        self.send = send

    def close(self) -> None:
        pass


def refuses_to_answer(_delivery: Delivery) -> Receipt:
    raise TransportBusy("nobody there")


def wired(desk: Desk, **lines: Callable[[Delivery], Receipt]) -> None:
    """Replace the transports of some endpoints, named with underscores."""
    made = {name.replace("_", "-"): Line(send) for name, send in lines.items()}
    desk.runner.transports = {**desk.runner.transports, **made}


def paced(desk: Desk, endpoint: str, pace: Pace) -> None:
    policy = desk.runner.endpoints[endpoint]
    changed = replace(policy, endpoint=replace(policy.endpoint, pace=pace))  # type: ignore[type-var, attr-defined]
    desk.runner.endpoints = {**desk.runner.endpoints, endpoint: changed}


def test_a_wait_is_drawn_between_nothing_and_the_longest(desk: Desk) -> None:
    wired(desk, customs_api=refuses_to_answer)
    desk.runner.chance = lambda: 0.25
    arrival = desk.take(manifest())
    (sent,) = desk.sent(arrival)[CUSTOMS]
    (receipt,) = desk.store.receipts(sent.delivery.id)
    longest = desk.runner.endpoints[CUSTOMS].endpoint.retry.first  # type: ignore[attr-defined]
    desk.now = receipt.at + longest / 4 - timedelta(microseconds=1)
    desk.work()
    assert len(desk.store.receipts(sent.delivery.id)) == 1
    desk.now += timedelta(microseconds=1)
    desk.work()
    assert len(desk.store.receipts(sent.delivery.id)) == 2


def test_a_dead_endpoint_costs_so_many_attempts_and_its_neighbour_nothing(desk: Desk) -> None:
    tried: list[str] = []

    def count(delivery: Delivery) -> Receipt:
        tried.append(delivery.id)
        return refuses_to_answer(delivery)

    wired(desk, customs_api=count)
    paced(desk, CUSTOMS, Pace(breaker=Breaker(failures=2, pause=5 * MINUTE)))
    arrivals = [desk.accept(numbered(n)).id for n in range(1, 5)]
    desk.work()
    assert len(tried) == 2
    assert {lane.endpoint: str(lane.state) for lane in desk.store.lanes()}[CUSTOMS] == "open"
    others = [one for arrival in arrivals for one in desk.sent(arrival)[COMMUNITY]]
    assert [str(one.state) for one in others] == ["delivered"] * 4


def test_leases_of_a_batch_are_kept_while_it_is_worked_on_and_only_then(desk: Desk) -> None:
    keeping: list[Callable[[], object]] = []

    @contextmanager
    def heartbeat(keep: Callable[[], object]) -> Iterator[None]:
        keeping.append(keep)
        yield
        keeping.clear()

    taken_over: list[str] = []

    def slow(delivery: Delivery) -> Receipt:
        for _ in range(3):
            desk.now += timedelta(seconds=desk.runner.lease_seconds * 0.9)
            keeping[0]()
        taken_over.extend(
            item.subject for item in desk.store.lease(["deliver"], desk.now, 600, "other", 10) if "1.1" in item.subject
        )
        return Receipt(delivery.id, desk.now, Outcome.DELIVERED)

    wired(desk, customs_api=slow)
    desk.runner.heartbeat = heartbeat
    arrivals = [desk.accept(numbered(n)).id for n in (1, 2)]
    desk.runner.process()
    while desk.runner.deliver():
        pass
    sent = [one for arrival in arrivals for one in desk.sent(arrival)[CUSTOMS]]
    assert [(str(one.state), one.attempt) for one in sent] == [("delivered", 1)] * 2
    assert not {one.delivery.id for one in sent} & set(taken_over)
    assert not keeping


def test_a_worker_that_is_told_to_stop_ends_its_item_and_puts_the_rest_back(desk: Desk) -> None:
    for number in range(3):
        desk.runner.accept(desk.arrival(b"garbage %d" % number))
    done: list[str] = []
    desk.runner.on_step = done.append
    desk.runner.stopping = lambda: "commit" in done
    assert desk.runner.process() == 3
    left = desk.store.lease(["process"], desk.now, 60, "next", 9)
    assert [(item.attempt, item.faults) for item in left] == [(1, 0), (1, 0)]


def test_a_bug_in_one_delivery_is_a_dead_letter_after_five_and_the_others_go_on(desk: Desk) -> None:
    def bug(_delivery: Delivery) -> Receipt:
        raise KeyError("a bug of ours")

    wired(desk, customs_api=bug)
    arrival = desk.take(manifest())
    (bad,) = desk.sent(arrival)[CUSTOMS]
    for _ in range(9):
        desk.now += 10 * MINUTE
        desk.work()
    (letter,) = desk.store.dead_letters()
    assert (letter.kind, letter.id) == ("delivery", bad.delivery.id)
    assert desk.store.counters().work_dead == 0
    others = [one for endpoint in (LINE, COMMUNITY) for one in desk.sent(arrival)[endpoint]]
    assert others
    assert all(one.state == "delivered" for one in others)


def test_a_full_store_takes_nothing_in_and_says_so(desk: Desk) -> None:
    full = Store(f"sqlite:///{desk.folder}/site/var/pierhead.db", room=Room(queued=1))
    desk.runner.accept(desk.arrival(b"garbage"))
    desk.runner.store = full
    with pytest.raises(StoreFull, match="1 items or more are queued"):
        desk.runner.accept(desk.arrival(b"more garbage"))
    assert len(full.recent()) == 1
    full.close()


def test_what_a_route_orders_goes_one_after_another(desk: Desk) -> None:
    sent: list[str] = []

    def busy_once(delivery: Delivery) -> Receipt:
        sent.append(delivery.arrival or "")
        if len(sent) == 1:
            return refuses_to_answer(delivery)
        return Receipt(delivery.id, desk.now, Outcome.DELIVERED)

    wired(desk, customs_api=busy_once)
    agreement = next(one.id for one in desk.processor.agreements for route in one.routes if route.to == CUSTOMS)
    desk.route(agreement, CUSTOMS, order_by="all")
    first, second = (desk.accept(numbered(n)).id for n in (1, 2))
    desk.work()
    desk.now += 5 * MINUTE
    desk.work()
    assert sent == [first, first, second]


def test_a_response_waits_for_the_contrl_of_its_interchange(desk: Desk) -> None:
    arrival = desk.take(manifest("missing-consignee-and-notify"))
    (contrl,) = [one.delivery for one in desk.store.deliveries(arrival=arrival, kind="acknowledgment")]
    answers = [one.delivery for one in desk.store.deliveries(arrival=arrival, kind="document")]
    assert answers
    assert {one.after for one in answers} == {contrl.id}
