"""The laws of a map hold for every map of the catalogue that the other files do not try, so that none is left out."""

from __future__ import annotations

import pytest
from laws import losses_name_every_difference, what_fits_comes_back
from workbench import DECLARATIONS, TERMINAL, TRANSPORT, TYPES, standards, type_id

from gateway.mapping.checking import type_of
from gateway.model.stages import MessageType

TRIED = {*TYPES, *TERMINAL, *TRANSPORT, *DECLARATIONS}
OTHERS = [
    type_of(entry, entry.versions[-1])
    for entry in standards().registry.entries()
    if TRIED.isdisjoint(type_of(entry, version) for version in entry.versions)
]
every_map = pytest.mark.parametrize("type_", OTHERS, ids=type_id)


@every_map
def test_what_fits_is_written_without_loss_and_read_back_equal(type_: MessageType) -> None:
    what_fits_comes_back(type_, examples=4)


@every_map
def test_whatever_the_document_losses_name_every_difference_and_both_variants_agree(type_: MessageType) -> None:
    losses_name_every_difference(type_, examples=3)
