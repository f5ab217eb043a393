"""The laws of a map hold for schedules, statuses, dangerous goods, weights and declarations.

Every map is tried; the newest of each message also with documents that do not fit.
"""

from __future__ import annotations

import pytest
from laws import losses_name_every_difference, what_fits_comes_back
from workbench import TRANSPORT, type_id

from gateway.model.stages import MessageType

REPORTS = [type_ for type_ in TRANSPORT if not type_.name.startswith(("IFTM", "IFCSUM"))]
ENDS = [type_ for type_ in REPORTS if type_.version == "D24A"]


@pytest.mark.parametrize("type_", REPORTS, ids=type_id)
def test_what_fits_is_written_without_loss_and_read_back_equal(type_: MessageType) -> None:
    what_fits_comes_back(type_, examples=3 if type_ in ENDS else 1)


@pytest.mark.parametrize("type_", ENDS, ids=type_id)
def test_whatever_the_document_losses_name_every_difference_and_both_variants_agree(type_: MessageType) -> None:
    losses_name_every_difference(type_, examples=2)
