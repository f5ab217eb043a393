"""The laws of a map hold for the manifests, the answers of customs and the project's own WCO profile."""

from __future__ import annotations

import pytest
from laws import losses_name_every_difference, what_fits_comes_back
from workbench import TYPES, type_id

from gateway.model.stages import MessageType

FITTING, BEYOND = 16, 12
every_map = pytest.mark.parametrize("type_", TYPES, ids=type_id)


@every_map
def test_what_fits_is_written_without_loss_and_read_back_equal(type_: MessageType) -> None:
    what_fits_comes_back(type_, FITTING)


@every_map
def test_whatever_the_document_losses_name_every_difference_and_both_variants_agree(type_: MessageType) -> None:
    losses_name_every_difference(type_, BEYOND)
