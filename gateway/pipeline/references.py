"""The business keys of a document: under which it is found again.

One table says which field of which part is a key, wherever the part stands; a new document needs a line only for
what it calls by a name of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from gateway.mapping.fields import Shape, fields
from gateway.model.base import Part
from gateway.model.customs_response import CustomsResponse, Fault, Subject
from gateway.model.documents import DOCUMENTS
from gateway.model.equipment import Equipment
from gateway.model.transport_document import TransportDocument
from gateway.model.vessel import Vessel, Voyage
from gateway.model.vessel_event import ObservedVessel

Key = tuple[str, str]
Fields = tuple[tuple[str, str], ...]

#: Kind of key by field, of every part that has keys; subclasses have those of their base.
PARTS: Mapping[type[Part], Fields] = MappingProxyType(
    {
        Equipment: (("number", "container"),),
        ObservedVessel: (("mmsi", "mmsi"),),
        Fault: (("bill", "bill"), ("equipment", "container")),
        Subject: (("reference", "lrn"), ("registration", "mrn")),
        TransportDocument: (("number", "bill"),),
        Vessel: (("imo", "vessel"), ("call_sign", "vessel")),
        Voyage: (("number", "voyage"),),
    }
)

#: Kind of key by field of a document itself, where the document has the field.
HEADS: Fields = (
    ("reference", "lrn"),
    ("registration", "mrn"),
    ("manifest_number", "manifest"),
    ("call_reference", "call"),
    ("call", "call"),
)

#: What is no key of its document: the number of an answer itself, the ship that it is about.
PASSED_OVER: Mapping[type[Part], frozenset[str]] = MappingProxyType(
    {CustomsResponse: frozenset(("reference", "voyage"))}
)


def keys(document: Part) -> tuple[Key, ...]:
    """Return the (kind, value) pairs of a document, each once: lrn, mrn, manifest, call, vessel, voyage, bill, ..."""
    return tuple(dict.fromkeys(_keys(document)))


def _keys(part: Part) -> Iterator[Key]:
    for name, kind in _places(type(part)):
        value = getattr(part, name)
        if not value:
            continue
        if kind:
            yield kind, value
        else:
            for one in value if isinstance(value, tuple) else (value,):
                yield from _keys(one)


@cache
def _places(part: type[Part]) -> Fields:
    """Return the fields of a part that matter, in order: with the kind of their key, or "" where keys stand below."""
    over = PASSED_OVER.get(part, frozenset())
    own = dict(HEADS if part in DOCUMENTS.values() else _inherited(part))
    found = []
    for name, field in fields(part).items():
        holds = field.shape in (Shape.PART, Shape.LIST) and field.part is not None and _places(field.part)
        if name not in over and (name in own or holds):
            found.append((name, own.get(name, "")))
    return tuple(found)


def _inherited(part: type[Part]) -> Fields:
    return next((PARTS[base] for base in part.__mro__ if base in PARTS), ())
