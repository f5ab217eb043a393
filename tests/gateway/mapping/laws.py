"""The two laws of a map, over documents derived from the map itself.

read(write(d)) == d                where write reported no loss
write(read(m)) == m                where read reported nothing (test_mutations has the other half)
"""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from strategies import documents
from workbench import adapter, canonical, checked, differences, read, reader, received, received_unchecked, writer

from gateway.mapping.fields import fields
from gateway.model.base import Part
from gateway.model.stages import Loss, Mapped, Message, MessageType


def what_fits_comes_back(type_: MessageType, examples: int, *, valid: bool = True) -> None:
    """What fits is written without loss and read back equal; not `valid`, whatever the schema asks of values."""
    map_ = checked(type_)

    @settings(max_examples=examples)
    @given(documents(map_))
    def holds(values: dict[str, Any]) -> None:
        document = map_.document.model_validate(values)
        written = writer(type_).write(document)
        assert not written.losses
        mapped = read(received(written) if valid else received_unchecked(written))
        assert canonical(map_, mapped.document) == canonical(map_, document)
        assert {finding.code for finding in mapped.findings} <= {"PH-2006"}

    holds()


def losses_name_every_difference(type_: MessageType, examples: int) -> None:
    """Whatever the document, losses name every difference and both variants agree."""
    map_ = checked(type_)

    @settings(max_examples=examples)
    @given(documents(map_, oversize=True, beyond=True))
    def holds(values: dict[str, Any]) -> None:
        document = map_.document.model_validate(values)
        written = writer(type_).write(document)
        assert writer(type_).explain(document).written == written
        if not written.body:
            assert written.losses
            return
        message = received_unchecked(written)
        again = both_variants(message).document
        lost = [path for loss in written.losses for path in _lost(loss)]
        if again is None:  # only where something is lost that there is no document without
            assert any(path in lost for path, shape in fields(map_.document).items() if shape.required)
            return
        unreported = [path for path in differences(map_, document, again) if not _named(path, lost)]
        assert not unreported, (unreported, lost)
        is_a_fixpoint(again, type_)

    holds()


def both_variants(message: Message) -> Mapped:
    """What is read, after a look whether the fast reader and the careful one say the same."""
    type_ = message.type
    careful = reader(type_).explain(message, adapter(type_).position).mapped
    fast = reader(type_)._read_fast(message)
    mapped = read(message)
    assert mapped == careful
    assert (fast is None) == bool(careful.findings)
    assert fast in (None, careful.document)
    return mapped


def is_a_fixpoint(document: Part, type_: MessageType) -> None:
    """What has been read is written, read and written again without any change.

    But for what follows a mandatory segment that a group lacks: it may be read as of another one, and nothing else may.
    """
    first = writer(type_).write(document)
    again = both_variants(received_unchecked(first)).document
    assert again is not None
    displaced = [path for loss in first.losses if loss.path and _lacking(loss) for path in _lost(loss)]
    if displaced:
        assert all(_named(path, displaced) for path in differences(checked(type_), document, again))
        return
    assert canonical(checked(type_), again) == canonical(checked(type_), document)
    assert writer(type_).write(again).body == first.body


def _lost(loss: Loss) -> tuple[str, ...]:
    """The paths that a loss is about: without a mandatory segment what follows it may stand elsewhere."""
    if _lacking(loss):
        return loss.path, loss.path.rpartition(".")[0]
    return (loss.path,)


def _lacking(loss: Loss) -> bool:
    """Whether a mandatory segment is left out."""
    return loss.why.endswith("has nothing to be written from")


def _named(path: str, lost: list[str]) -> bool:
    """Whether a path is at, below or above one that a loss names."""
    return any(_within(path, one) or _within(one, path) for one in lost)


def _within(path: str, whole: str) -> bool:
    return path == whole or path.startswith((f"{whole}.", f"{whole}[")) or not whole
