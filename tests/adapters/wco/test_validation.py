from __future__ import annotations

import xmlschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from wco_documents import drawn, full

from adapters.wco import validation
from adapters.wco.profile import Profile, built_in
from adapters.wco.schema import Schema, compiled
from adapters.wco.validation import validator

SCHEMAS = tuple(compiled(built_in(), kind) for kind in built_in().messages)
EXPLAINER = validation._explaining(built_in())


def test_schemas_are_valid_schemas_to_both_libraries(profile: Profile) -> None:
    assert isinstance(validator(profile).schema, etree.XMLSchema)
    assert EXPLAINER.maps.validity == "valid"
    assert {kind.namespace for kind in profile.messages} <= {
        name[1:].partition("}")[0] for name in EXPLAINER.maps.elements
    }


def test_schemas_are_valid_against_the_schema_of_schemas(profile: Profile) -> None:
    meta = xmlschema.XMLSchema10.meta_schema
    for name, text in profile.files.items():
        if name.endswith(".xsd"):
            assert meta is not None
            assert not list(meta.iter_errors(text.decode())), name


def test_a_document_with_everything_is_valid(profile: Profile, schemas: tuple[Schema, ...]) -> None:
    for schema in schemas:
        document = full(schema, schema.places[1])
        assert list(validator(profile).faults(document)) == []
        assert len(document) == len(schema.leaves[1]) + len(schema.places[1].children)


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=150)
@given(st.sampled_from(SCHEMAS).flatmap(drawn))
def test_lxml_and_xmlschema_agree_and_every_rejection_is_explained(document: etree._Element) -> None:
    ours = validator(built_in())
    accepted = ours.accepts(document)
    assert EXPLAINER.maps.elements[document.tag].is_valid(document) == accepted
    faults = list(ours.faults(document))
    assert bool(faults) != accepted
    for fault in faults:
        assert fault.code != "PH-3299", fault
        assert fault.text
        assert fault.remedy
