from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model.stages import Envelope, MessageType, Party
from gateway.routing import Duplicates

ENVELOPE = Envelope(
    "edifact",
    Party("LINE", "ZZ"),
    Party("CUSTOMS", "ZZ"),
    "REF1",
    prepared="261102:0815",
    types=(MessageType("x", "y"),),
)
CUSCAR = MessageType("edifact", "CUSCAR", "D95B", "UN")


@pytest.mark.parametrize(
    "other",
    [
        replace(ENVELOPE, sender=Party("LINE", "14")),
        replace(ENVELOPE, sender=Party("LINE", "ZZ", "BRANCH")),
        replace(ENVELOPE, recipient=Party("CUSTOMS", "ZZ", "DESK")),
        replace(ENVELOPE, recipient=Party("PORT", "ZZ")),
        replace(ENVELOPE, reference="REF2"),
        replace(ENVELOPE, test=True),
        replace(ENVELOPE, standard="wco"),
    ],
    ids=[
        "qualifier",
        "sub-identification 0042",
        "sub-identification 0046",
        "recipient",
        "reference",
        "test",
        "standard",
    ],
)
def test_interchanges_are_told_apart_by_each_part_of_the_key(other: Envelope) -> None:
    terms = Duplicates(messages=True)
    assert terms.interchange_key(other) != terms.interchange_key(ENVELOPE) != ""
    if other.reference == ENVELOPE.reference:
        assert terms.message_key(other, "1", CUSCAR) != terms.message_key(ENVELOPE, "1", CUSCAR) != ""


def test_the_day_of_preparation_belongs_to_the_key_where_it_is_agreed() -> None:
    next_day, later = replace(ENVELOPE, prepared="261103:0815"), replace(ENVELOPE, prepared="261102:1700")
    plain, dated = Duplicates(messages=True), Duplicates(dated=True, messages=True)
    assert plain.interchange_key(next_day) == plain.interchange_key(ENVELOPE)
    assert dated.interchange_key(next_day) != dated.interchange_key(ENVELOPE)
    assert dated.interchange_key(later) == dated.interchange_key(ENVELOPE)
    assert dated.message_key(next_day, "1", CUSCAR) != dated.message_key(ENVELOPE, "1", CUSCAR)


def test_a_message_is_known_by_its_reference_and_type_whatever_interchange_it_is_in() -> None:
    key = Duplicates(messages=True).message_key
    assert key(ENVELOPE, "1", CUSCAR) == key(replace(ENVELOPE, reference="REF2"), "1", CUSCAR)
    others = [
        key(ENVELOPE, "2", CUSCAR),
        *(
            key(ENVELOPE, "1", replace(CUSCAR, **{part: "X"}))  # type: ignore[arg-type]  # all of them are texts
            for part in ("name", "version", "agency", "association")
        ),
    ]
    assert len({key(ENVELOPE, "1", CUSCAR), *others}) == 6
    assert Duplicates().message_key(ENVELOPE, "1", CUSCAR) == ""


@pytest.mark.parametrize("part", ["sender", "recipient", "reference"])
def test_what_does_not_say_who_to_whom_and_which_has_no_key(part: str) -> None:
    nameless = replace(ENVELOPE, **{part: "" if part == "reference" else None})
    assert Duplicates().interchange_key(nameless) == ""


texts = st.text(":|\\ab", max_size=4)
parties = st.builds(Party, texts.filter(bool), texts, texts)
envelopes = st.builds(
    Envelope,
    st.just("edifact"),
    parties,
    parties,
    texts.filter(bool),
    prepared=st.sampled_from(["261102:0815", "a|b:1"]),
    test=st.booleans(),
)


@given(envelopes, envelopes, st.booleans())
def test_different_interchanges_never_share_a_key(one: Envelope, other: Envelope, dated: bool) -> None:
    key = Duplicates(dated=dated).interchange_key
    same = (one.sender, one.recipient, one.reference, one.test) == (
        other.sender,
        other.recipient,
        other.reference,
        other.test,
    ) and (not dated or one.prepared == other.prepared)
    assert (key(one) == key(other)) is same
