from __future__ import annotations

from datetime import timedelta

from outgoing import NOW, made

from gateway.model.acknowledgment import Layer, Verdict
from gateway.model.awaited import Standing
from gateway.model.journal import AcknowledgmentRecord, Claim, Expectation, ProcessingResult, Work
from gateway.model.stages import Arrival
from gateway.store import Store

HOUR = timedelta(hours=1)


def give(store: Store, result: ProcessingResult, id_: str = "a1") -> None:
    store.record(Arrival(id_, "http", NOW, id_.encode()), Claim(""))
    (item,) = store.lease([Work.PROCESS], NOW, 60, "maker")
    assert store.complete(item, result)


def awaiting(store: Store) -> None:
    """Two deliveries: of one syntax and substance are awaited, of the other the syntax."""
    expected = (
        Expectation("d1", Layer.SYNTAX, NOW + HOUR),
        Expectation("d1", Layer.FUNCTION, NOW + 3 * HOUR),
        Expectation("d2", Layer.SYNTAX, NOW + 2 * HOUR),
    )
    deliveries = (made("d1", arrival="a1"), made("d2", arrival="a1"))
    give(store, ProcessingResult(deliveries=deliveries, expectations=expected))


def answer(store: Store, verdict: Verdict, delivery: str = "d1", layer: Layer = Layer.SYNTAX) -> None:
    said = AcknowledgmentRecord(layer, verdict, "REF1", NOW, "r1", delivery)
    give(store, ProcessingResult(acknowledgments=(said,)), "r1")


def test_what_is_awaited_is_told_first_due_first_and_what_came_behind_it(store: Store) -> None:
    awaiting(store)
    answer(store, Verdict.REJECTED)
    found = [(one.delivery, one.layer, one.standing) for one in store.awaited(NOW + 2 * HOUR)]
    assert found == [
        ("d2", Layer.SYNTAX, Standing.OVERDUE),
        ("d1", Layer.FUNCTION, Standing.WAITING),
        ("d1", Layer.SYNTAX, Standing.NEGATIVE),
    ]
    assert [one.delivery for one in store.awaited(NOW + 2 * HOUR, overdue=True)] == ["d2"]
    assert [one.layer for one in store.awaited_of("d1", NOW)] == [Layer.SYNTAX, Layer.FUNCTION]
    assert len(store.awaited(NOW, limit=1)) == 1


def test_what_is_overdue_is_alerted_once_on_each_layer(store: Store) -> None:
    awaiting(store)
    assert store.alert_overdue(NOW) == []
    assert [(one.delivery, one.layer) for one in store.alert_overdue(NOW + 2 * HOUR)] == [
        ("d1", Layer.SYNTAX),
        ("d2", Layer.SYNTAX),
    ]
    assert store.alert_overdue(NOW + 2 * HOUR) == []
    assert [one.layer for one in store.alert_overdue(NOW + 4 * HOUR)] == [Layer.FUNCTION]
    assert store.alert_overdue(NOW + 9 * HOUR) == []
    told = [event for event in store.timeline("a1") if event.step == "overdue"]
    assert [event.delivery for event in told] == ["d1", "d2", "d1"]
    assert told[0].text.startswith("syntax acknowledgment of customs is overdue")
    assert "still" not in told[0].text
    assert "the delivery itself is queued" in told[0].text


def test_what_was_answered_in_time_is_never_alerted(store: Store) -> None:
    awaiting(store)
    answer(store, Verdict.ACCEPTED, "d2")
    assert [one.delivery for one in store.alert_overdue(NOW + 9 * HOUR)] == ["d1", "d1"]
