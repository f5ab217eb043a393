from __future__ import annotations

import pytest

from gateway import app
from gateway.mapping.checking import check_maps, compile_entry
from gateway.mapping.coverage import coverage, field_paths

REGISTRY = app.standards().registry


@pytest.mark.parametrize("entry", REGISTRY.entries(), ids=lambda entry: entry.head.name)
def test_every_field_is_either_carried_or_left(entry) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001  # parametrized
    checked = compile_entry(REGISTRY, entry, entry.versions[-1])
    found = coverage(checked)
    assert sorted((*found.fields_carried, *found.fields_left)) == sorted(field_paths(checked.document))
    assert found.places_carried > 0
    assert all(place.carried <= place.values for place in found.places)


def test_a_starred_locator_covers_every_repeat() -> None:
    entry = REGISTRY.named("edifact/cuscar/d95b")
    places = {place.trail: place for place in coverage(compile_entry(REGISTRY, entry, "D95B")).places}
    assert places["NAD"].left == ("C080.3045",)
    assert places["FTX"].rules == ()


def test_every_shipped_map_fits_every_version_it_claims() -> None:
    checks = list(check_maps(REGISTRY, REGISTRY.entries()))
    assert [check.faults for check in checks if check.faults] == []
    assert len(checks) == sum(len(entry.versions) for entry in REGISTRY.entries())
