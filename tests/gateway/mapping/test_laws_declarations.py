"""The laws of a map hold for declarations, the own one and those of the UK profile, and for the UK response.

The schemas of the authority limit values to letters, digits and lists of codes, which the documents tried do not keep.
"""

from __future__ import annotations

import pytest
from laws import losses_name_every_difference, what_fits_comes_back
from workbench import DECLARATIONS, type_id

from gateway.model.stages import MessageType


@pytest.mark.parametrize("type_", DECLARATIONS, ids=type_id)
def test_what_fits_is_written_without_loss_and_read_back_equal(type_: MessageType) -> None:
    what_fits_comes_back(type_, examples=4, valid=False)


@pytest.mark.parametrize("type_", DECLARATIONS, ids=type_id)
def test_whatever_the_document_losses_name_every_difference_and_both_variants_agree(type_: MessageType) -> None:
    losses_name_every_difference(type_, examples=4)
