"""Checking a canonical document: index it once, run every rule for its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import localcontext
from types import MappingProxyType
from typing import Any

from gateway.model.base import Part
from gateway.model.cargo_report import CargoReport
from gateway.model.customs_response import CustomsResponse
from gateway.model.finding import Finding
from gateway.validation.cargo_index import CargoIndex
from gateway.validation.figures import ARITHMETIC
from gateway.validation.table import RULES

#: How a document is laid out for its rules.
_INDEXES: Mapping[type[Part], Callable[[Any], Any]] = MappingProxyType(
    {CargoReport: CargoIndex.of, CustomsResponse: lambda response: response}
)

_RULES = MappingProxyType(
    {document: tuple(rule for rule in RULES if rule.document is document) for document in _INDEXES}
)


def check(document: Part) -> tuple[Finding, ...]:
    """Return what the rules find wrong with a valid document, in the order of rule ids, then of the document.

    Each finding has its rule's id and default severity, the canonical path
    (`consignments[1].items[0].gross`, from 0), the offending value as text, and no position: the caller
    knows where the value came from. A kind of document without rules has no findings. Never raises.
    """
    kind = type(document)
    if kind not in _INDEXES:
        return ()
    subject = _INDEXES[kind](document)
    with localcontext(ARITHMETIC):
        return tuple(finding for rule in _RULES[kind] for finding in rule.findings(subject))
