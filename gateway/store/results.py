"""Writing what steps produced, in the transaction that completes their work items.

Doing the same step again leaves the same rows: documents are replaced by id, findings by arrival,
deliveries and references are added only where they are new.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import Connection, Table, bindparam, delete, insert, update

from gateway.model.journal import (
    AcknowledgmentRecord,
    ArrivalOutcome,
    Expectation,
    FilingChange,
    FindingRecord,
    ProcessingResult,
    Reference,
    Subject,
)
from gateway.store import filings, fleet, gathering, locks, outbox, queue, waits
from gateway.store.references import add_references
from gateway.store.tables import acknowledgments, arrivals, documents, events, expectations, findings

_ARRIVAL: Final = (
    update(arrivals)
    .where(arrivals.c.id == bindparam("arrival_id"))
    .values(state=bindparam("to_state"), agreement=bindparam("by_agreement"))
)
_FORGET: Final = delete(findings).where(findings.c.arrival.in_(bindparam("ids", expanding=True)))


def write(connection: Connection, given: Sequence[ProcessingResult]) -> None:
    """Write everything that some steps produced; each table is written once for all of them."""
    outcomes = [result.arrival for result in given if result.arrival is not None]
    if outcomes:
        connection.execute(_FORGET, {"ids": [outcome.id for outcome in outcomes]})
        connection.execute(_ARRIVAL, [_outcome(outcome) for outcome in outcomes])
    changes = [change for result in given for change in result.filings]
    locks.lock(connection, (f"filing {change.id}" for change in changes))
    for change in changes:
        filings.apply(connection, change)
    queue.replace_all(connection, documents, "id", [asdict(d) for result in given for d in result.documents])
    _insert(connection, findings, [_finding(record) for result in given for record in result.findings])
    outbox.add(connection, (delivery for result in given for delivery in result.deliveries))
    add_references(connection, (reference for result in given for reference in result.references))
    add_references(connection, _filing_references(changes))
    said = [_acknowledgment(record) for result in given for record in result.acknowledgments]
    _insert(connection, acknowledgments, said)
    expected = [_expectation(expectation) for result in given for expectation in result.expectations]
    if expected:
        connection.execute(queue.insert_new(connection, expectations, "delivery", "layer"), expected)
    gathering.write(
        connection,
        [one for result in given for one in result.gathered],
        [one for result in given for one in result.collected],
    )
    queue.enqueue(connection, (item for result in given for item in result.work))
    _insert(connection, events, [asdict(event) for result in given for event in result.events])
    waits.happen(connection, [happening for result in given for happening in result.happenings])
    for result in given:
        if result.fleet is not None:
            fleet.change(connection, result.fleet)


def _insert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _outcome(outcome: ArrivalOutcome) -> dict[str, Any]:
    return {"arrival_id": outcome.id, "to_state": outcome.state, "by_agreement": outcome.agreement}


def _expectation(expectation: Expectation) -> dict[str, Any]:
    return asdict(expectation) | {"layer": expectation.layer.value}


def _finding(record: FindingRecord) -> dict[str, Any]:
    finding = record.finding
    return {
        "arrival": record.arrival,
        "document": record.document,
        "severity": finding.severity.value,
        "code": finding.code,
        "json": json.dumps(finding.as_dict(), ensure_ascii=False),
    }


def _acknowledgment(record: AcknowledgmentRecord) -> dict[str, Any]:
    return asdict(record) | {"layer": record.layer.value, "verdict": record.verdict.value}


def _filing_references(changes: Sequence[FilingChange]) -> list[Reference]:
    """Return the references that lead to a filing: its LRN and its MRN."""
    return [
        Reference(kind, value, Subject.FILING, change.id)
        for change in changes
        for kind, value in (("lrn", change.lrn), ("mrn", change.mrn))
    ]
