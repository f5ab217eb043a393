"""The canonical documents as a map sees them: which fields there are, and what each holds."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache

from gateway.errors import MappingError
from gateway.model.base import Coded, Measure, Moment, Part, Text
from gateway.yaml_source import nearest


class Shape(StrEnum):
    """What a field holds."""

    LIST = "list"
    PART = "part"
    LINE = "line"
    TEXT = "text"
    MOMENT = "moment"
    INTEGER = "integer"
    CODED = "coded"
    MEASURE = "measure"
    DECIMAL = "number"
    CHOICE = "name of a fixed set"
    LINES = "list of texts"


@dataclass(frozen=True, slots=True)
class FieldShape:
    """The shape of one field; `part` is the class of a part or of a list's entries, `choices` what a choice may be."""

    shape: Shape
    part: type[Part] | None = None
    required: bool = False
    choices: tuple[str, ...] = ()


#: Types of single values, and their shapes; any other text is a line.
_SINGLE: tuple[tuple[object, Shape], ...] = (
    (Coded, Shape.CODED),
    (Measure, Shape.MEASURE),
    (int, Shape.INTEGER),
    (Decimal, Shape.DECIMAL),
    (Moment, Shape.MOMENT),
    (Text, Shape.TEXT),
)


@cache
def fields(part: type[Part]) -> dict[str, FieldShape]:
    """Return the fields of a canonical part by name, in order."""
    hints = typing.get_type_hints(part, include_extras=True)
    return {name: _shape(hints[name], required=info.is_required()) for name, info in part.model_fields.items()}


def _shape(hint: object, *, required: bool) -> FieldShape:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        hint = next(option for option in typing.get_args(hint) if option is not type(None))
    if typing.get_origin(hint) is tuple:
        entry = typing.get_args(hint)[0]
        is_part = isinstance(entry, type) and issubclass(entry, Part)
        return FieldShape(Shape.LIST, entry, required) if is_part else FieldShape(Shape.LINES, None, required)
    if typing.get_origin(hint) is typing.Annotated and typing.get_args(hint)[0] is Decimal:
        hint = Decimal
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return FieldShape(Shape.CHOICE, None, required, tuple(hint))
    if isinstance(hint, type) and issubclass(hint, Part) and hint not in (Coded, Measure):
        return FieldShape(Shape.PART, hint, required)
    return FieldShape(next((shape for kind, shape in _SINGLE if hint == kind), Shape.LINE), None, required)


def resolve(document: type[Part], path: tuple[str, ...]) -> FieldShape:
    """Return the shape of the field at `path` below a part, not passing through a list.

    Raises `MappingError` with the nearest valid name.
    """
    here = FieldShape(Shape.PART, document)
    for name in path:
        if here.shape is not Shape.PART or here.part is None:
            raise MappingError(f"there is nothing below {'.'.join(path[: path.index(name)])}, which is a {here.shape}")
        known = fields(here.part)
        if name not in known:
            raise MappingError(f"{here.part.__name__} has no field {name!r}{nearest(name, list(known))}")
        here = known[name]
    return here


def part_at(part: type[Part], path: tuple[str, ...]) -> type[Part]:
    """Return the class of the part at `path` below a part."""
    found = resolve(part, path).part
    if found is None:
        raise MappingError(f"{'.'.join(path)} of {part.__name__} is no part")
    return found


def resolve_through_lists(document: type[Part], path: tuple[str, ...]) -> FieldShape:
    """Return the shape of the field at `path`, passing through lists (`items.equipment.equipment`)."""
    here = FieldShape(Shape.PART, document)
    for name in path:
        part = here.part
        if part is None:
            raise MappingError(f"there is nothing below {name!r}")
        known = fields(part)
        if name not in known:
            raise MappingError(f"{part.__name__} has no field {name!r}{nearest(name, list(known))}")
        here = known[name]
    return here
