from __future__ import annotations

import csv
from pathlib import Path

import pytest

from adapters.wco.profile import Profile, from_files
from adapters.wco.schema import Schema, compiled
from gateway.errors import SettingsError


def test_message_is_place_0_and_its_document_class_place_1(schemas: tuple[Schema, ...]) -> None:
    for schema in schemas:
        assert schema.root is schema.places[0]
        assert [child.id for child in schema.root.children] == [1]
        assert schema.places[1].name == schema.kind.root


def test_places_are_numbered_in_document_order(schemas: tuple[Schema, ...]) -> None:
    for schema in schemas:
        walked, stack = [], [schema.root]
        while stack:
            place = stack.pop()
            walked.append(place.id)
            stack += reversed(place.children)
        assert walked == list(range(len(schema.places)))


def test_only_the_function_code_is_mandatory(schemas: tuple[Schema, ...]) -> None:
    for schema in schemas:
        mandatory = [(p.trail, leaf.text) for p in schema.places for leaf in schema.leaves[p.id] if leaf.mandatory]
        assert mandatory == [(schema.kind.root, "FunctionCode")]


def test_every_class_and_leaf_has_an_id_that_is_unique_beside_its_neighbours(schemas: tuple[Schema, ...]) -> None:
    for schema in schemas:
        for place in schema.places[1:]:
            assert len(place.public_id) == 3
            leaves = [leaf.public_id for leaf in schema.leaves[place.id]]
            classes = [child.public_id for child in place.children]
            assert all(leaves)
            assert len(set(leaves)) == len(leaves), place.trail
            assert len(set(classes)) == len(classes), place.trail


def test_date_is_one_leaf_with_its_value_a_level_down(schemas: tuple[Schema, ...]) -> None:
    schema = schemas[0]
    leaf = schema.leaf(schema.places[1], ("IssueDateTime", "DateTimeString"))
    assert leaf is not None
    assert leaf.tags[1] == "{urn:pierhead:profile:types:1}DateTimeString"
    assert [(a.name, a.mandatory) for a in leaf.attributes] == [("formatCode", True)]
    assert leaf.attributes[0].codes == frozenset({"102", "203", "204", "303", "304"})


def test_formats_are_read_from_the_facets(schemas: tuple[Schema, ...]) -> None:
    schema = schemas[0]
    found = {f"{place.name}/{leaf.text}": leaf.format for place in schema.places for leaf in schema.leaves[place.id]}
    assert found["Declaration/FunctionCode"] == "an..2"
    assert found["Address/CountryCode"] == "an2"
    assert found["Packaging/QuantityQuantity"] == "n..8"
    assert found["GoodsMeasure/GrossMassMeasure"] == "n..16"


def test_ids_agree_with_the_published_dictionary(schemas: tuple[Schema, ...], corpus: Path) -> None:
    facts = corpus.parents[1] / "facts" / "wco" / "WCO_ELEMENT_DICTIONARY.tsv"
    with facts.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    known: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        known.setdefault((row["class"], row["xml_tag"]), set()).add(row["wco_id"])
    for schema in schemas:
        for place in schema.places[1:]:
            if (place.name, place.name) in known:
                assert place.public_id in known[place.name, place.name], place.trail
            for leaf in schema.leaves[place.id]:
                if (place.name, leaf.path[0]) in known:
                    assert leaf.public_id in known[place.name, leaf.path[0]], f"{place.trail}/{leaf.text}"


def broken(profile: Profile, old: bytes, new: bytes) -> Profile:
    return from_files({name: text.replace(old, new) for name, text in profile.files.items()})


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b'type="SealType"', b'type="TransportEquipmentType"', "contains itself"),
        (b'type="SealType"', b'type="WalrusType"', "no type WalrusType"),
        (b'type="t:Measure"', b'type="u:Measure"', "prefix u"),
        (b'schemaLocation="common.xsd"', b'schemaLocation="commons.xsd"', r"commons\.xsd"),
        (
            b'element name="Declaration" type="DeclarationType" ph',
            b'element name="Report" type="DeclarationType" ph',
            "Declaration",
        ),
    ],
)
def test_schema_that_makes_no_place_tree_is_a_settings_error(
    profile: Profile, old: bytes, new: bytes, said: str
) -> None:
    bad = broken(profile, old, new)
    with pytest.raises(SettingsError, match=said):
        compiled(bad, bad.messages[0])


def test_unreadable_schema_is_a_settings_error(profile: Profile) -> None:
    bad = from_files({**profile.files, "types.xsd": b"<xs:schema"})
    with pytest.raises(SettingsError, match=r"types\.xsd cannot be read"):
        compiled(bad, bad.messages[0])
