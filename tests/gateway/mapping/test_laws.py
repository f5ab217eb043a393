"""The two laws of a map, over documents derived from the map itself.

    read(write(d)) == d                where write reported no loss
    write(read(m)) == m                where read reported nothing (test_mutations has the other half)
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import documents
from workbench import TYPES, adapter, canonical, checked, differences, read, reader, received, type_id, writer

from gateway.model.stages import MessageType

FITTING, BEYOND = 14, 10
LEAST_SHARE = 0.6  # of the documents that fit, so many are written without any loss
every_map = pytest.mark.parametrize("type_", TYPES, ids=type_id)


@every_map
def test_what_is_written_without_loss_is_read_back_equal(type_: MessageType) -> None:
    map_, tried = checked(type_), Counter[str]()

    @settings(max_examples=FITTING)
    @given(documents(map_))
    def holds(values: dict[str, Any]) -> None:
        document = map_.document.model_validate(values)
        written = writer(type_).write(document)
        tried["all"] += 1
        if not written.losses:
            tried["without loss"] += 1
            assert canonical(map_, read(received(written)).document) == canonical(map_, document)

    holds()
    assert tried["without loss"] >= LEAST_SHARE * tried["all"] > 0


@every_map
def test_every_difference_lies_where_a_loss_was_reported(type_: MessageType) -> None:
    map_ = checked(type_)

    @settings(max_examples=BEYOND)
    @given(documents(map_, oversize=True, beyond=True))
    def holds(values: dict[str, Any]) -> None:
        document = map_.document.model_validate(values)
        written = writer(type_).write(document)
        if not written.body:
            assert written.losses
            return
        again = read(received(written)).document
        lost = [loss.path for loss in written.losses]
        unreported = [path for path in differences(map_, document, again) if not _named(path, lost)]
        assert not unreported, (unreported, lost)

    holds()


@every_map
def test_writing_what_was_read_is_a_fixpoint(type_: MessageType) -> None:
    map_ = checked(type_)

    @settings(max_examples=BEYOND)
    @given(st.booleans().flatmap(lambda over: documents(map_, oversize=over, beyond=over)))
    def holds(values: dict[str, Any]) -> None:
        first = writer(type_).write(map_.document.model_validate(values))
        if not first.body:
            return
        read_once = read(received(first)).document
        second = writer(type_).write(read_once)
        read_twice = read(received(second)).document
        third = writer(type_).write(read_twice)
        assert third.body == second.body
        assert read_twice == read_once

    holds()


@every_map
def test_fast_and_careful_readers_and_writers_agree(type_: MessageType) -> None:
    map_ = checked(type_)

    @settings(max_examples=BEYOND)
    @given(st.booleans().flatmap(lambda over: documents(map_, oversize=over, beyond=over)))
    def holds(values: dict[str, Any]) -> None:
        document = map_.document.model_validate(values)
        written = writer(type_).write(document)
        assert writer(type_).explain(document).written == written
        if written.body:
            message = received(written)
            careful = reader(type_).explain(message, adapter(type_).position).mapped
            fast = reader(type_)._read_fast(message)
            assert careful == read(message)
            assert (fast is None) == bool(careful.findings)
            assert fast in (None, careful.document)

    holds()


def _named(path: str, lost: list[str]) -> bool:
    """Whether a path is at, below or above one that a loss names."""
    return any(_within(path, one) or _within(one, path) for one in lost)


def _within(path: str, whole: str) -> bool:
    return path == whole or path.startswith((f"{whole}.", f"{whole}[")) or not whole
