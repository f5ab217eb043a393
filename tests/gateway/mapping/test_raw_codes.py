"""A code outside its table is kept raw behind a "?", and written as it came."""

from __future__ import annotations

import pytest
from workbench import read, received, writer

from gateway.model.cargo_report import CargoReport
from gateway.model.stages import MessageType

CUSCAR = MessageType("edifact", "CUSCAR", "D11A")
PATH = "equipment[0].seals[0].party"


def sealed_by(party: str) -> CargoReport:
    seals = [{"number": "EXS10001", "party": party}]
    return CargoReport.model_validate({"equipment": [{"number": "BANU0002006", "seals": seals}]})


def test_a_raw_code_is_written_and_read_back() -> None:
    document = sealed_by("?XY")
    written = writer(CUSCAR).write(document)
    assert PATH not in [loss.path for loss in written.losses]
    assert read(received(written)).document == document


@pytest.mark.parametrize("party", ["?", "? XY", "?\u00a0XY", "?CU", "nobody", "?TOOLONG"])
def test_what_would_be_read_as_something_else_is_a_loss(party: str) -> None:
    losses = {loss.path: loss.why for loss in writer(CUSCAR).write(sealed_by(party)).losses}
    assert losses[PATH] == "table 'sealing_party' has no code for it"
