"""What places in XML are called, and where the rules on them stand."""

from __future__ import annotations

import pytest

from adapters.wco import faults
from adapters.wco.adapter import WcoAdapter
from gateway.model.finding import Finding, Position
from gateway.model.stages import MessageType
from gateway.plugin import Names

REPORT = MessageType("wco", "cargo-report", "1", association="pierhead")


@pytest.mark.parametrize(
    ("xpath", "names"),
    [
        ("/Declaration", Names("Declaration (WCO 42A)")),
        ("/Declaration/TypeCode", Names("Declaration (WCO 42A)", "TypeCode (WCO D013)")),
        (
            "/Declaration/Consignment[2]/TotalGrossMassMeasure/@unitCode",
            Names("Consignment (WCO 28A)", "TotalGrossMassMeasure (WCO 131)"),
        ),
        ("/MetaData/Declaration/Consignment[1]", Names("Consignment (WCO 28A)")),
        ("/Declaration/Nonsense", Names("Declaration (WCO 42A)", "Nonsense")),
        ("/html/body", Names("body")),
        ("", Names()),
    ],
)
def test_a_place_is_called_by_class_and_attribute_with_their_ids(xpath: str, names: Names) -> None:
    assert WcoAdapter().names(REPORT, Position(xpath=xpath)) == names


@pytest.mark.parametrize(
    ("code", "source"),
    [
        (faults.NOT_WELL_FORMED, "XML 1.0"),
        (faults.NO_NAMESPACE, "profile pierhead"),
        (faults.MISSING, "profile pierhead, schema cargo-report.xsd"),
    ],
)
def test_a_rule_stands_in_xml_the_profile_or_its_schema(code: str, source: str) -> None:
    found = WcoAdapter().clause(REPORT, faults.finding(code, "", Position()))
    assert found is not None
    assert found.source == source


@pytest.mark.parametrize("code", faults.CODES)
def test_every_code_has_a_clause_with_a_remedy(code: str) -> None:
    found = WcoAdapter().clause(REPORT, faults.finding(code, "", Position()))
    assert found is not None
    assert found.title
    assert found.remedy


def test_a_code_of_another_has_no_clause() -> None:
    finding = Finding("13", faults.CODES[faults.MISSING][0], "")
    assert WcoAdapter().clause(REPORT, finding) is None
