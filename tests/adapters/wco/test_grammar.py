from __future__ import annotations

from typing import Any

import pytest
from lxml import etree
from wco_documents import attribute_sample, full, sample

from adapters.wco.adapter import WcoAdapter
from adapters.wco.grammar import WcoGrammar
from adapters.wco.intermediate import markup
from adapters.wco.schema import Schema
from gateway.errors import MappingError
from gateway.model.place import Locator, Place
from gateway.plugin import Grammar


@pytest.fixture
def grammars(schemas: tuple[Schema, ...]) -> tuple[WcoGrammar, ...]:
    return tuple(WcoGrammar(schema) for schema in schemas)


def place(grammar: WcoGrammar, *names: str) -> Place:
    found = grammar.root
    for name in names:
        found = grammar.child(found, name)
    return found


def values(grammar: WcoGrammar, where: Place, record: Any, locators: list[Locator]) -> list[str]:
    """Run the generated reading of some values of a record."""
    bound: set[str] = set()
    lines = list(grammar.head(where))
    expressions = []
    for locator in locators:
        before, expression = grammar.bind(locator, bound)
        lines += before
        expressions.append(grammar.clean(expression))
    return list(run(grammar, lines, f"[{', '.join(expressions)}]", record))


def is_uncovered(grammar: WcoGrammar, where: Place, record: Any, locators: list[Locator]) -> bool:
    bound: set[str] = set()
    lines, expression = grammar.uncovered(where, locators, bound)
    return bool(run(grammar, [*grammar.head(where), *lines], expression, record))


def run(grammar: WcoGrammar, lines: list[str], expression: str, record: Any) -> Any:
    source = "\n    ".join(["def handler(s):", *lines, f"return {expression}"])
    names = dict(grammar.names)
    exec(source, names)
    return names["handler"](record)


def test_it_is_a_grammar(grammars: tuple[WcoGrammar, ...]) -> None:
    grammar: Grammar = grammars[0]
    assert grammar.places[0] is grammar.root
    assert grammar.is_value("Consignment")
    assert grammar.multiline


def test_every_leaf_and_attribute_is_found_by_its_own_spelling(grammars: tuple[WcoGrammar, ...]) -> None:
    for grammar in grammars:
        for where in grammar.places:
            for locator in grammar.locators(where):
                assert grammar.value(where, locator.text).key == locator.key


def test_companion_belongs_to_the_value_it_stands_near(grammars: tuple[WcoGrammar, ...]) -> None:
    measure = place(grammars[0], "Declaration", "Consignment", "ConsignmentItem", "GoodsMeasure")
    near = grammars[0].value(measure, "GrossMassMeasure")
    unit = grammars[0].value(measure, "@unitCode", near)
    assert (unit.leaf, unit.attribute, unit.text) == (("GrossMassMeasure",), "unitCode", "@unitCode")
    assert unit.element == near.element
    assert grammars[0].value(measure, "@unitCode", unit) == unit


@pytest.mark.parametrize(
    ("names", "text", "said"),
    [
        (("Declaration",), "FunctionCod", "did you mean FunctionCode"),
        (("Declaration",), "functioncode", "did you mean FunctionCode"),
        (("Declaration",), "IssueDateTime", "write IssueDateTime/DateTimeString"),
        (("Declaration",), "Consignment", "is a class"),
        (("Declaration",), "@unitCode", "needs the value"),
        (("Declaration",), "ID/@schemeId", "did you mean @schemeID"),
        (("Declaration", "Consignment", "GovernmentProcedure"), "Walrus", "known: CurrentCode, PreviousCode"),
    ],
)
def test_unknown_value_names_the_nearest(
    grammars: tuple[WcoGrammar, ...], names: tuple[str, ...], text: str, said: str
) -> None:
    with pytest.raises(MappingError, match=said):
        grammars[0].value(place(grammars[0], *names), text)


@pytest.mark.parametrize(
    ("name", "said"), [("Consignement", "did you mean Consignment"), ("FunctionCode", "is a value"), ("X", "known: ")]
)
def test_unknown_class_names_the_nearest(grammars: tuple[WcoGrammar, ...], name: str, said: str) -> None:
    with pytest.raises(MappingError, match=said):
        grammars[0].child(place(grammars[0], "Declaration"), name)


def test_codes_are_known_where_the_schema_enumerates_them(grammars: tuple[WcoGrammar, ...]) -> None:
    declaration = place(grammars[0], "Declaration")
    assert grammars[0].codes(grammars[0].value(declaration, "IssueDateTime/DateTimeString/@formatCode")) is not None
    assert grammars[0].codes(grammars[0].value(declaration, "FunctionCode")) is None


def test_mandatory_elements_are_positions_of_mandatory_leaves(grammars: tuple[WcoGrammar, ...]) -> None:
    declaration = place(grammars[0], "Declaration")
    assert grammars[0].mandatory_elements(declaration) == {grammars[0].value(declaration, "FunctionCode").element}
    assert grammars[0].mandatory_elements(place(grammars[0], "Declaration", "Submitter")) == frozenset()


def test_every_value_written_by_a_record_is_read_back_by_bind(grammars: tuple[WcoGrammar, ...]) -> None:
    for grammar in grammars:
        spaces = "".join(f' xmlns:{prefix}="{name}"' for name, prefix in grammar.schema.prefixes.items())
        outer = f'<root xmlns="{grammar.schema.kind.namespace}"{spaces}>'
        for where in grammar.places[1:]:
            locators = list(grammar.locators(where))
            leaves = {leaf.path: leaf for leaf in grammar.schema.leaves[where.id]}
            wanted = [
                attribute_sample(leaves[one.leaf], one.attribute) if one.attribute else sample(leaves[one.leaf])
                for one in locators
            ]
            names = {f"n{number}": text for number, text in enumerate(wanted)}
            made = eval(grammar.record(where, dict(zip(locators, names, strict=True))), dict(names))
            text = outer + markup(made + str(grammar.tail(where))) + "</root>"
            record = etree.fromstring(text)[0]
            assert record.tag == grammar.schema.tags[where.id]
            assert values(grammar, where, record, locators) == wanted
            assert etree.tostring(record, method="c14n") == etree.tostring(childless(grammar, where), method="c14n")
            assert not is_uncovered(grammar, where, record, locators)
            assert grammar.leftovers(where, record, locators) == []


def childless(grammar: WcoGrammar, where: Place) -> etree._Element:
    """Return the full class without its classes, built the slow way under the same namespaces."""
    spaces: dict[Any, str] = {prefix: name for name, prefix in grammar.schema.prefixes.items()}
    spaces[None] = grammar.schema.kind.namespace
    outer = etree.Element("{*}root".replace("*", grammar.schema.kind.namespace), nsmap=spaces)
    made = full(grammar.schema, where, outer)
    tags = {grammar.schema.tags[child.id] for child in where.children}
    for child in list(made):
        if child.tag in tags:
            made.remove(child)
    return made


def test_absent_values_are_left_out_with_their_attributes(grammars: tuple[WcoGrammar, ...]) -> None:
    grammar = grammars[0]
    measure = place(grammar, "Declaration", "Consignment", "ConsignmentItem", "GoodsMeasure")
    gross, net = grammar.value(measure, "GrossMassMeasure"), grammar.value(measure, "NetNetWeightMeasure")
    fields = {
        net: "(n or '')",
        grammar.value(measure, "@unitCode", net): "'KGM'",
        gross: "g",
        grammar.value(measure, "@unitCode", gross): "u",
    }
    expression = grammar.record(measure, fields)
    assert (
        markup(eval(expression, {"n": None, "g": "5", "u": ""}))
        == "<GoodsMeasure><GrossMassMeasure>5</GrossMassMeasure>"
    )
    assert markup(eval(expression, {"n": "4", "g": "", "u": "KGM"})) == (
        '<GoodsMeasure><NetNetWeightMeasure unitCode="KGM">4</NetNetWeightMeasure>'
    )


def test_constants_are_written_unconditionally_and_in_schema_order(grammars: tuple[WcoGrammar, ...]) -> None:
    grammar = grammars[0]
    pointer = place(grammar, "Declaration", "Amendment", "Pointer")
    fields = {
        grammar.value(pointer, "TagID"): "'L&M'",
        grammar.value(pointer, "SequenceNumeric"): "str(i + 1)",
        grammar.value(pointer, "DocumentSectionCode"): "''",
    }
    made = eval(grammar.record(pointer, fields), {"i": 0})
    assert markup(made) == "<Pointer><SequenceNumeric>1</SequenceNumeric><TagID>L&amp;M</TagID>"


@pytest.mark.parametrize(
    ("xml", "left"),
    [
        ("<ID>A</ID>", []),
        ("<ID schemeID='1'>A</ID>", []),
        ("<ID schemeAgencyID='9'>A</ID>", [("ID/@schemeAgencyID", "9")]),
        ("<ID foreign='9'>A</ID>", [("ID/@foreign", "9")]),
        ("<Name>B</Name><ID>A</ID>", [("Name", "B")]),
        ("<ID>A</ID><Extra b='2'>C</Extra>", [("Extra", "C"), ("Extra/@b", "2")]),
        ("<ID>A</ID><Address><CityName>D</CityName></Address>", []),
    ],
)
def test_data_no_rule_covers_is_seen_and_listed(
    grammars: tuple[WcoGrammar, ...], xml: str, left: list[tuple[str, str]]
) -> None:
    grammar = grammars[0]
    party = place(grammar, "Declaration", "Submitter")
    number = grammar.value(party, "ID")
    locators = [number, grammar.value(party, "@schemeID", number)]
    record = etree.fromstring(f'<Submitter xmlns="{grammar.schema.kind.namespace}">{xml}</Submitter>')
    assert is_uncovered(grammar, party, record, locators) == bool(left)
    assert [(locator.text, text) for locator, text in grammar.leftovers(party, record, locators)] == left


def test_a_rule_without_values_covers_only_classes(grammars: tuple[WcoGrammar, ...]) -> None:
    grammar = grammars[0]
    submitter, freight = (
        place(grammar, "Declaration", "Submitter"),
        place(grammar, "Declaration", "Consignment", "Freight"),
    )
    space = grammar.schema.kind.namespace
    assert not is_uncovered(grammar, submitter, etree.fromstring(f'<S xmlns="{space}"><Address/></S>'), [])
    assert is_uncovered(grammar, submitter, etree.fromstring(f'<S xmlns="{space}"><ID/></S>'), [])
    assert is_uncovered(grammar, freight, etree.fromstring(f'<F xmlns="{space}"><PaymentMethodCode/></F>'), [])


def test_adapter_keeps_one_grammar_for_each_message(adapter: WcoAdapter) -> None:
    type_ = adapter.profiles[0].type_of(adapter.profiles[0].messages[0])
    assert adapter.grammar(type_) is adapter.grammar(type_)
