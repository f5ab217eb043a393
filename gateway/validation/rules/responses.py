"""What an answer of customs must say to be acted on."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.model.customs_response import CustomsResponse
from gateway.validation.cargo_index import listed
from gateway.validation.rule import Fault

REJECTED = "rejected"


def verdict(response: CustomsResponse) -> Iterator[Fault]:
    """Yield an answer with neither a verdict nor a status, and no fault that speaks for itself."""
    if not response.verdict and not response.faults and not any(status.code for status in response.statuses):
        yield Fault("verdict", "", "the response gives neither a verdict nor a status")


def subject(response: CustomsResponse) -> Iterator[Fault]:
    """Yield an answer that names neither reference nor registration of what it answers, nor the message itself."""
    named = response.subject
    if not response.previous_reference and (named is None or not (named.reference or named.registration)):
        yield Fault("subject.reference", "", "the response names neither our reference nor a registration number")


def fault_said(response: CustomsResponse) -> Iterator[Fault]:
    """Yield faults with neither code nor text."""
    for path, fault in listed("faults", response.faults):
        if fault.code is None and not fault.text:
            yield Fault(f"{path}.code", "", "customs reports a fault with neither code nor text")


def rejection_explained(response: CustomsResponse) -> Iterator[Fault]:
    """Yield a rejection without any fault or text."""
    if response.verdict == REJECTED and not response.faults and not response.text:
        yield Fault("faults", "", "the response rejects, with neither a fault nor a text")
