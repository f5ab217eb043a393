from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model.finding import Finding, Kind, Severity
from gateway.model.policy import PRESETS, Policy

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
RANK = [NOTE, WARNING, ERROR]


def found(kind: Kind, proposed: Severity = ERROR, code: str = "29") -> Finding:
    return Finding(code, kind, "x", severity=proposed)


@pytest.mark.parametrize(("preset", "kind", "proposed"), [*product(PRESETS, Kind, Severity)])
def test_a_preset_never_raises_what_is_proposed(preset: str, kind: Kind, proposed: Severity) -> None:
    judged = Policy(PRESETS[preset]).judge(found(kind, proposed)).severity
    assert RANK.index(judged) <= RANK.index(proposed)
    assert judged is min(proposed, PRESETS[preset][kind], key=RANK.index)


def test_a_dirty_form_that_is_read_all_the_same_is_a_warning_under_the_strictest_preset() -> None:
    strict = Policy(PRESETS["strict"])
    for kind in (Kind.WRAPPING, Kind.PREFIX, Kind.TRAILING):
        assert strict.judge(found(kind, WARNING)).severity is WARNING
        assert strict.judge(found(kind, ERROR)).severity is ERROR


@pytest.mark.parametrize("severity", Severity)
def test_a_kind_that_the_agreement_names_raises_and_lowers_and_leaves_notes(severity: Severity) -> None:
    judge = Policy(PRESETS["tolerant"], kinds={Kind.WRAPPING: severity}).judge
    assert judge(found(Kind.WRAPPING, WARNING)).severity is severity
    assert judge(found(Kind.WRAPPING, ERROR)).severity is severity
    assert judge(found(Kind.WRAPPING, NOTE)).severity is NOTE
    assert judge(found(Kind.STRUCTURE, ERROR)).severity is ERROR


@pytest.mark.parametrize(("severity", "proposed"), [*product(Severity, Severity)])
def test_a_code_that_the_agreement_names_wins_over_its_kind_and_over_what_is_proposed(
    severity: Severity, proposed: Severity
) -> None:
    judge = Policy(kinds={Kind.COUNT: WARNING}, codes={"29": severity}).judge
    assert judge(found(Kind.COUNT, proposed)).severity is severity
    assert judge(found(Kind.COUNT, ERROR, code="30")).severity is WARNING


severities = st.sampled_from(Severity)


@given(
    st.sampled_from(list(PRESETS.values())),
    st.dictionaries(st.sampled_from(Kind), severities),
    st.dictionaries(st.sampled_from(["26", "28", "29"]), severities),
    st.lists(st.builds(found, st.sampled_from(Kind), severities, st.sampled_from(["26", "28", "29", "30"]))),
)
def test_judging_changes_nothing_but_severities_and_twice_is_once(
    preset: Mapping[Kind, Severity],
    kinds: dict[Kind, Severity],
    codes: dict[str, Severity],
    findings: list[Finding],
) -> None:
    policy = Policy(preset, kinds, codes)
    once = policy.judge_all(findings)
    assert [one.with_severity(ERROR) for one in once] == [one.with_severity(ERROR) for one in findings]
    assert policy.judge_all(once) == once


def test_report_only_rejects_nothing_but_what_has_no_agreement() -> None:
    judge = Policy(PRESETS["report-only"]).judge
    assert {kind for kind in Kind if judge(found(kind)).severity is ERROR} == {Kind.PARTY}
