from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.model.documents import DOCUMENTS
from gateway.pipeline.references import PASSED_OVER, keys

SAMPLES = Path(__file__).resolve().parents[3] / "samples"


def sample(path: str) -> Any:
    ((name, values),) = json.loads((SAMPLES / f"{path}.canonical.json").read_text("utf-8")).items()
    return DOCUMENTS[name].model_validate(values)


def test_a_manifest_is_found_by_its_references_ship_containers_and_bills() -> None:
    assert keys(sample("edifact/cuscar/minimal")) == (
        ("lrn", "BA26-301E-01"),
        ("voyage", "301E"),
        ("vessel", "9999993"),
        ("bill", "BANU26301001"),
    )


def test_house_bills_and_containers_are_found_too() -> None:
    found = keys(sample("edifact/cuscar/everything-d95b"))
    assert len(found) == len(set(found))
    assert {kind for kind, _ in found} == {"lrn", "manifest", "voyage", "vessel", "container", "bill"}


def test_an_answer_is_found_by_what_it_answers_and_not_by_its_own_number_or_ship() -> None:
    response = sample("wco/response/everything")
    found = keys(response)
    assert ("lrn", response.subject.reference) in found
    assert ("mrn", response.subject.registration) in found
    assert response.reference not in [value for _, value in found]
    assert {kind for kind, _ in found} <= {"lrn", "mrn", "manifest", "bill", "container"}


def test_a_conveyance_report_is_found_by_its_call() -> None:
    found = keys(sample("edifact/cusrep/full"))
    assert ("call", "EXP26-00077") in found
    assert ("vessel", "9074729") in found
    assert ("voyage", "042E") in found


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=list(DOCUMENTS))
def test_what_is_passed_over_is_a_field_of_its_document(document: type[Any]) -> None:
    assert PASSED_OVER.get(document, frozenset()) <= set(document.model_fields)
