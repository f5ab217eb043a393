from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.model.acknowledgment import Layer, Verdict
from gateway.model.awaited import Standing, awaited
from gateway.model.journal import AcknowledgmentRecord, Expectation

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SYNTAX = Expectation("d1", Layer.SYNTAX, NOW)


def said(
    verdict: Verdict, at: datetime = NOW - HOUR, arrival: str = "r1", layer: Layer = Layer.SYNTAX
) -> AcknowledgmentRecord:
    return AcknowledgmentRecord(layer, verdict, "REF1", at, arrival, "d1")


@pytest.mark.parametrize(
    ("records", "now", "standing", "remarks"),
    [
        ([], NOW - HOUR, Standing.WAITING, ()),
        ([], NOW, Standing.OVERDUE, ()),
        ([said(Verdict.ACCEPTED, layer=Layer.FUNCTION)], NOW, Standing.OVERDUE, ()),
        ([said(Verdict.ACCEPTED)], NOW, Standing.COMPLETE, ()),
        ([said(Verdict.RECEIVED)], NOW, Standing.COMPLETE, ()),
        ([said(Verdict.REJECTED)], NOW, Standing.NEGATIVE, ()),
        ([said(Verdict.ACCEPTED, NOW + HOUR)], NOW + HOUR, Standing.COMPLETE, ("late",)),
        ([said(Verdict.ACCEPTED), said(Verdict.ACCEPTED, arrival="r2")], NOW, Standing.COMPLETE, ("said 2 times",)),
        (
            [said(Verdict.ACCEPTED), said(Verdict.REJECTED, arrival="r2")],
            NOW,
            Standing.NEGATIVE,
            ("said 2 times", "contradicted"),
        ),
        (
            [said(Verdict.REJECTED), said(Verdict.ACCEPTED, arrival="r2")],
            NOW,
            Standing.NEGATIVE,
            ("said 2 times", "contradicted"),
        ),
        (
            [said(Verdict.ACCEPTED, NOW - 2 * HOUR, layer=Layer.FUNCTION), said(Verdict.ACCEPTED)],
            NOW,
            Standing.COMPLETE,
            ("after the answer in substance",),
        ),
    ],
)
def test_how_an_expectation_stands(
    records: list[AcknowledgmentRecord], now: datetime, standing: Standing, remarks: tuple[str, ...]
) -> None:
    found = awaited(SYNTAX, records, now)
    assert (found.standing, found.remarks) == (standing, remarks)
