from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.model.stages import Envelope, MessageType, Party
from gateway.routing import Agreement, Refusal, Side, TypeRange, consider, select_agreement

ACME = Side("acme", (Party("ACME", "ZZ"),))
LINE = Side("line", (Party("LINE", "ZZ"),))
US = Side("us", (Party("PIERHEAD", "ZZ"),))
CUSCAR = MessageType("edifact", "CUSCAR", "D95B", "UN")
BAPLIE = MessageType("edifact", "BAPLIE", "D95B", "UN")

LIVE = Agreement("acme-live", ACME, US, (TypeRange.parse("CUSCAR D95B..D24A"),))
TEST = replace(LIVE, id="acme-test", test=True)
PLANS = Agreement("acme-plans", ACME, US, (TypeRange.parse("BAPLIE"),))
OTHER = Agreement("line-live", LINE, US, (TypeRange.parse("CUSCAR"),))
ALL = (LIVE, TEST, PLANS, OTHER)

ENVELOPE = Envelope("edifact", Party("ACME", "ZZ"), Party("PIERHEAD", "ZZ"), "REF1")


def test_sender_recipient_test_flag_and_types_choose_the_agreement() -> None:
    assert select_agreement(ENVELOPE, [CUSCAR], ALL) is LIVE
    assert select_agreement(replace(ENVELOPE, test=True), [CUSCAR], ALL) is TEST
    assert select_agreement(ENVELOPE, [BAPLIE], ALL) is PLANS
    assert select_agreement(replace(ENVELOPE, sender=Party("LINE", "ZZ")), [CUSCAR], ALL) is OTHER


@pytest.mark.parametrize(
    ("changes", "types", "agreements", "code", "said"),
    [
        ({"sender": Party("NOBODY")}, [CUSCAR], ALL, "23", "no agreement has NOBODY as its sender"),
        ({"sender": None}, [CUSCAR], ALL, "23", "names no sender"),
        ({}, [CUSCAR], (), "23", "no agreement has ACME:ZZ"),
        ({"recipient": Party("ELSEWHERE")}, [CUSCAR], ALL, "7", "not to ELSEWHERE"),
        ({"test": True}, [BAPLIE], (PLANS,), "25", "takes no test messages"),
        ({}, [CUSCAR], (TEST,), "25", "takes test messages only"),
        ({}, [CUSCAR, BAPLIE], ALL, "17", "takes BAPLIE, not CUSCAR D95B"),
        ({}, [MessageType("edifact", "CUSCAR", "D24B")], (LIVE,), "17", "takes edifact CUSCAR D95B..D24A, not"),
    ],
)
def test_a_refusal_gives_the_code_of_the_furthest_gate_and_says_why(
    changes: dict[str, object], types: list[MessageType], agreements: tuple[Agreement, ...], code: str, said: str
) -> None:
    refusal = select_agreement(replace(ENVELOPE, **changes), types, agreements)  # type: ignore[arg-type]
    assert isinstance(refusal, Refusal)
    assert refusal.code == code
    assert said.replace("takes BAPLIE", "takes edifact BAPLIE") in refusal.reason


def test_nobody_sends_in_the_name_of_another_partner() -> None:
    assert select_agreement(ENVELOPE, [CUSCAR], ALL, principal="acme") is LIVE
    refusal = select_agreement(ENVELOPE, [CUSCAR], ALL, principal="line")
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.reason) == ("23", "no agreement has ACME:ZZ as its sender that signed in as line")


def test_a_document_without_parties_falls_under_its_authenticated_sender() -> None:
    bare = Envelope("wco")
    response = MessageType("wco", "response", "1")
    answers = Agreement("answers", LINE, US, (TypeRange.parse("wco response"),))
    assert select_agreement(bare, [response], (LIVE, answers), principal="line") is answers
    assert isinstance(select_agreement(bare, [response], (LIVE, answers)), Refusal)


def test_every_agreement_is_explained() -> None:
    explained = consider(ENVELOPE, [CUSCAR], ALL)
    assert [considered.applies for considered in explained] == [True, False, False, False]
    assert explained[0].why == "acme-live: from acme (ACME:ZZ) to us (PIERHEAD:ZZ), CUSCAR D95B"
    assert "line-live: is from line (LINE:ZZ), not from ACME:ZZ" in [considered.why for considered in explained]
