from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import MappingError, SettingsError
from gateway.yaml_source import Mark, MarkedList, MarkedMap, MarkedText, load, nearest


def mapping(text: str | bytes) -> MarkedMap:
    node = load(text, "m.yaml", MappingError)
    assert isinstance(node, MarkedMap)
    return node


def fault(text: str | bytes) -> str:
    with pytest.raises(MappingError) as caught:
        load(text, "m.yaml", MappingError)
    return str(caught.value)


@pytest.mark.parametrize(
    "scalar", ["1004", "0062", "NO", "true", "~", "2025-03-14", "1e3", "=5", "=#", "^carrier", "0x1f"]
)
def test_every_scalar_is_text_as_written(scalar: str) -> None:
    assert mapping(f"key: {scalar}")["key"] == scalar
    assert list(mapping(f"{scalar}: value")) == [scalar]


def test_an_empty_value_is_the_empty_text_and_an_empty_file_an_empty_mapping() -> None:
    assert mapping("key:") == {"key": ""}
    assert mapping("") == {}
    assert mapping("# only a comment\n") == {}


def test_keys_scalars_maps_and_lists_know_their_place_counted_from_one() -> None:
    node = mapping("rules:\n  BGM:\n    1001: type\n  list:\n    - one\n    - {a: b}\n")
    rules = node["rules"]
    assert isinstance(rules, MarkedMap)
    bgm, items = rules["BGM"], rules["list"]
    assert isinstance(bgm, MarkedMap)
    assert isinstance(items, MarkedList)
    assert str(rules.where("BGM")) == "m.yaml:2:3"
    assert bgm.mark == Mark("m.yaml", 3, 5)
    assert [(key.mark.column, value.mark.column) for key, value in bgm.entries()] == [(5, 11)]
    assert items.mark.line == 5
    assert items[0].mark == Mark("m.yaml", 5, 7)


def test_selectors_are_plain_keys_in_block_style() -> None:
    node = mapping("LOC[3227=139|,3055=6|]: {use: location}\nGID each items: {C213#1.7224: packages | int}\n")
    assert list(node) == ["LOC[3227=139|,3055=6|]", "GID each items"]


def test_a_selector_inside_braces_is_refused_with_the_way_out() -> None:
    said = fault("rules:\n  {DTM[2005=137]: issued}\n")
    assert said.startswith("m.yaml:2:")
    assert "block style" in said


def test_a_duplicate_key_names_both_places() -> None:
    said = fault("a: 1\nb: 2\na: 3\n")
    assert said.startswith("m.yaml:3:1: key 'a' is given twice, first at m.yaml:1:1")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a: &x 1\n", "anchor"),
        ("a: *x\n", "alias"),
        ("a: !!python/object:os.system x\n", "tag"),
        ("a: 1\n---\nb: 2\n", "second document"),
        ("? [a, b]\n: c\n", "key must be a text"),
        ("a:\n\tb: c\n", "blanks, not with tabs"),
        ("a: b: c\n", "quote a value that contains ': '"),
        ("a: 'x\n", "closing quote"),
        ("a: @x\n", "quote a value"),
        ("[" * 100, "nested deeper"),
        ("a: \x01\n", "control character"),
        (b"a: \xff\n", "not UTF-8"),
        ("a: \ud800\n", "surrogate"),
    ],
)
def test_what_could_surprise_is_refused_with_place_and_fix(text: str | bytes, word: str) -> None:
    said = fault(text)
    assert said.startswith("m.yaml:")
    assert word in said


def test_a_billion_laughs_is_refused_at_its_first_anchor() -> None:
    said = fault("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n")
    assert said.startswith("m.yaml:1:")


def test_the_fault_is_raised_as_the_class_that_the_caller_names() -> None:
    with pytest.raises(SettingsError):
        load("a: [", "site.yaml", SettingsError)


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert list(mapping(b"\xef\xbb\xbfa: 1")) == ["a"]


def test_nearest_names_the_close_one_and_nothing_when_none_is_close() -> None:
    assert nearest("endpiont", ["endpoint", "partner"]) == "; did you mean endpoint?"
    assert nearest("CONSIGNMENTS", ["consignments"]) == "; did you mean consignments?"
    assert nearest("zzz", ["endpoint", "partner"]) == ""
    assert nearest("a", []) == ""


@given(st.text() | st.binary())
def test_any_text_loads_or_raises_the_named_error_with_a_place(text: str | bytes) -> None:
    said = "any.yaml:"
    try:
        assert isinstance(load(text, "any.yaml", MappingError), MarkedText | MarkedMap | MarkedList)
    except MappingError as error:
        said = str(error)
    assert said.startswith("any.yaml:")
