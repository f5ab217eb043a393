"""The business keys of a document: under which it is found again."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.model.base import Part
from gateway.model.cargo_report import CargoReport
from gateway.model.customs_response import CustomsResponse

Key = tuple[str, str]


def keys(document: Part) -> tuple[Key, ...]:
    """Return the (kind, value) pairs of a document, each once: lrn, mrn, manifest, vessel, voyage, bill, container."""
    return tuple(dict.fromkeys((kind, value) for kind, value in _keys(document) if value))


def _keys(document: Part) -> Iterator[tuple[str, str | None]]:
    if isinstance(document, CargoReport):
        yield from _of_cargo_report(document)
    elif isinstance(document, CustomsResponse):
        yield from _of_customs_response(document)


def _of_customs_response(response: CustomsResponse) -> Iterator[tuple[str, str | None]]:
    if response.subject is not None:
        yield "lrn", response.subject.reference
        yield "mrn", response.subject.registration
    yield "manifest", response.manifest_number
    for fault in response.faults:
        yield "bill", fault.bill
        yield "container", fault.equipment


def _of_cargo_report(report: CargoReport) -> Iterator[tuple[str, str | None]]:
    yield "lrn", report.reference
    yield "manifest", report.manifest_number
    if report.voyage is not None:
        yield "voyage", report.voyage.number
        if report.voyage.vessel is not None:
            yield "vessel", report.voyage.vessel.imo
            yield "vessel", report.voyage.vessel.call_sign
    for equipment in report.equipment:
        yield "container", equipment.number
    for consignment in report.consignments:
        for bill in (consignment, *consignment.houses):
            if bill.transport_document is not None:
                yield "bill", bill.transport_document.number
