"""The laws of a map hold for stowage plans and for the messages between lines and terminals.

Every map is tried; the oldest and the newest of each message with more documents, and with such as do not fit.
"""

from __future__ import annotations

import pytest
from laws import losses_name_every_difference, what_fits_comes_back
from workbench import TERMINAL, type_id

from gateway.model.stages import MessageType

ENDS = [type_ for type_ in TERMINAL if type_.version in ("D96A", "D95B", "D24A")]


@pytest.mark.parametrize("type_", TERMINAL, ids=type_id)
def test_what_fits_is_written_without_loss_and_read_back_equal(type_: MessageType) -> None:
    what_fits_comes_back(type_, examples=5 if type_ in ENDS else 2)


@pytest.mark.parametrize("type_", ENDS, ids=type_id)
def test_whatever_the_document_losses_name_every_difference_and_both_variants_agree(type_: MessageType) -> None:
    losses_name_every_difference(type_, examples=4)
