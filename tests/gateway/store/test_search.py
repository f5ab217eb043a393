from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gateway.model.acknowledgment import Layer, Verdict
from gateway.model.finding import Finding, Kind, Position, Severity
from gateway.model.journal import (
    AcknowledgmentRecord,
    ArrivalOutcome,
    Claim,
    DocumentRecord,
    Event,
    Expectation,
    FilingChange,
    FindingRecord,
    NewWork,
    ProcessingResult,
    Reference,
    Subject,
    Work,
)
from gateway.model.stages import Arrival, Delivery
from gateway.store import Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FINDING = Finding("13", Kind.ELEMENT, "missing", Position("M1", 3, "NAD", 1), Severity.WARNING, value="x")


def document(id_: str, position: int) -> DocumentRecord:
    return DocumentRecord(
        id_,
        "a1",
        position,
        "CUSCAR D95B",
        "CargoReport",
        '{"reference":"é"}',
        True,
        "lines",
        f"f{position}",
        f"M{position}",
    )


def delivery(id_: str, document_id: str | None, kind: str = "document") -> Delivery:
    return Delivery(id_, f"key-{id_}", "lines", "customs", b"x", "text/plain", kind, NOW, document_id, "a1")


def result() -> ProcessingResult:
    return ProcessingResult(
        arrival=ArrivalOutcome("a1", "accepted", "lines"),
        documents=(document("d0", 0), document("d1", 1)),
        findings=(FindingRecord("a1", FINDING), FindingRecord("a1", FINDING, "d1")),
        references=(
            Reference("container", "MSKU1234565", Subject.DOCUMENT, "d0"),
            Reference("container", "MSKU1234565", Subject.DOCUMENT, "d1"),
            Reference("bill", "MSKU1234565", Subject.DOCUMENT, "d1"),
            Reference("interchange", "REF1", Subject.ARRIVAL, "a1"),
        ),
        deliveries=(delivery("x0", "d0"), delivery("x1", "d1"), delivery("c0", None, "acknowledgment")),
        expectations=(Expectation("x0", Layer.FUNCTION, NOW), Expectation("x1", Layer.FUNCTION, NOW)),
        acknowledgments=(AcknowledgmentRecord(Layer.FUNCTION, Verdict.ACCEPTED, "LRN0", NOW, "a1", "x0"),),
        filings=(FilingChange("f0", "acme", "LRN0"), FilingChange("f1", "acme", "LRN1")),
        events=(
            Event(NOW, "identify", "falls under lines", "a1"),
            Event(NOW, "read", "document 0", "a1", "d0", filing="f0"),
            Event(NOW, "read", "document 1", "a1", "d1", filing="f1"),
        ),
    )


def processed(store: Store) -> None:
    store.record(Arrival("a1", "http", NOW, b"x"), Claim("k"))
    (item,) = store.lease([Work.PROCESS], NOW, 60, "w")
    assert store.complete(item, result())


def test_everything_that_a_step_produced_can_be_read_back(store: Store) -> None:
    processed(store)
    assert store.documents(arrival="a1") == [document("d0", 0), document("d1", 1)]
    assert store.documents(filing="f1") == [document("d1", 1)]
    assert store.document("d0") == document("d0", 0)
    assert store.findings(document="d1") == [FindingRecord("a1", FINDING, "d1")]
    assert len(store.findings(arrival="a1")) == 2
    assert store.acknowledgments(delivery="x0") == list(result().acknowledgments)
    assert store.acknowledgments(arrival="a1") == list(result().acknowledgments)
    assert [sent.delivery for sent in store.deliveries(arrival="a1", kind="acknowledgment")] == [
        delivery("c0", None, "acknowledgment")
    ]
    assert [sent.delivery.id for sent in store.deliveries(document="d1")] == ["x1"]
    kept = store.arrival("a1")
    assert kept is not None
    assert (kept.state, kept.agreement) == ("accepted", "lines")
    assert [line.state for line in store.recent()] == ["accepted"]


def test_a_business_key_leads_to_what_it_occurs_in_and_back(store: Store) -> None:
    processed(store)
    assert [found.id for found in store.find("container", "MSKU1234565")] == ["d1", "d0"]
    assert len(store.find(None, "MSKU1234565")) == 3
    assert store.find("container", "MSKU") == []
    assert [(found.kind, found.value) for found in store.references("a1")] == [("interchange", "REF1")]
    assert len(store.references("d1")) == 2


def test_doing_a_step_again_leaves_the_same_rows(store: Store) -> None:
    processed(store)
    before = (store.documents(arrival="a1"), store.findings(arrival="a1"), store.counters().deliveries)
    store.enqueue([NewWork(Work.PROCESS, "a1", NOW)])
    (item,) = store.lease([Work.PROCESS], NOW, 60, "w")
    assert store.complete(item, result())
    assert (store.documents(arrival="a1"), store.findings(arrival="a1"), store.counters().deliveries) == before


def test_a_timeline_holds_what_concerns_its_subject_and_no_neighbour(store: Store) -> None:
    processed(store)
    for subject in ("f0", "d0", "x0"):
        texts = [event.text for event in store.timeline(subject)]
        assert "1 bytes received by http" in texts
        assert "document 0" in texts
        assert "document 1" not in texts
    assert [event.text for event in store.timeline("a1")] == [
        "1 bytes received by http",
        "falls under lines",
        "document 0",
        "document 1",
    ]
    assert store.timeline("nothing") == []


def test_an_expected_acknowledgment_is_overdue_until_it_came(store: Store) -> None:
    processed(store)
    assert store.overdue(NOW - timedelta(seconds=1)) == []
    assert [expected.delivery for expected in store.overdue(NOW)] == ["x1"]


def test_counters_tell_the_state_of_the_queue(store: Store) -> None:
    processed(store)
    counters = store.counters()
    assert counters.work_ready == {"deliver": 3}
    assert counters.deliveries == {"queued": 3}
    assert counters.arrivals == {"accepted": 1}
    assert counters.oldest_due == NOW
