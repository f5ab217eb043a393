"""Conformance cases that are wrong only by an agreement, through the whole pipeline (codes 7 and 17 of 0085)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from desk import Desk

from gateway.model.stages import Party
from gateway.routing.agreement import Side, TypeRange

CASES = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "edifact" / "conformance" / "cases"

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the corpus is not beside the repository")


@pytest.fixture
def agreed(desk: Desk) -> Desk:
    """A desk whose agreement takes CUSCAR of D95B, from the sender of the cases to the recipient of most of them."""
    agreements = [
        replace(
            one,
            sender=Side(one.sender.partner, (Party("CARRIERX", "ZZ"),)),
            recipient=Side(one.recipient.partner, (Party("NLCUSTOMS", "ZZ"),)),
            accepts=(TypeRange("edifact", "CUSCAR", "D95B", "D95B"),),
        )
        if one.id == "manifests"
        else one
        for one in desk.processor.agreements
    ]
    desk.runner.processor = replace(desk.processor, agreements=agreements)
    return desk


@pytest.mark.parametrize(
    ("case", "code", "said"),
    [
        ("e27_recipient", "7", b"+CARRIERX:ZZ+BECUSTOMS:ZZ+4+7+UNB+4:1'"),
        ("e29_message_version", "17", b"+CARRIERX:ZZ+NLCUSTOMS:ZZ+4+17+UNB'"),
    ],
)
def test_what_no_agreement_covers_is_refused_behind_what_one_covers(
    agreed: Desk, case: str, code: str, said: bytes
) -> None:
    """Its CONTRL goes the way of what came before it; alone, there is no agreement that says where one goes."""
    first = (CASES / "v01_base.edi").read_bytes().replace(b"REF0001", b"REF0000")
    second = (CASES / f"{case}.edi").read_bytes()
    arrival = agreed.take(first + second)
    assert code in agreed.codes(arrival)
    contrl = [one.delivery.content for one in agreed.store.deliveries(arrival=arrival, kind="acknowledgment")]
    assert said in contrl[1]
    alone = agreed.take(second.replace(b"REF0001", b"REF0002"))
    assert (agreed.state(alone), agreed.codes(alone), agreed.sent(alone)) == ("no agreement", {code}, {})
