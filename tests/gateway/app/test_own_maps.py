"""Which maps a site has a part in: those are compiled before it starts, and what is shipped is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway import app
from gateway.app import map_files

CUSCAR = map_files()["edifact/cuscar/d95b.yaml"]


def own(site: Path) -> set[str]:
    return {one.head.name for one in app.own_maps(app.standards(site))}


def written(site: Path, name: str, text: str) -> None:
    path = site / "mappings" / name
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")


def test_a_site_that_adds_nothing_has_a_part_in_no_map(tmp_path: Path) -> None:
    assert own(tmp_path) == set()


def test_a_map_of_its_own_is_its_own_alone(tmp_path: Path) -> None:
    text = "map: edifact/cuscar/ours\nextends: d95b\nmessage: CUSCAR D95B\nrules: {}\n"
    written(tmp_path, "edifact/cuscar/ours.yaml", text)
    assert own(tmp_path) == {"edifact/cuscar/ours"}


def test_a_map_that_it_replaces_counts_with_all_that_are_laid_over_it(tmp_path: Path) -> None:
    written(tmp_path, "edifact/cuscar/d95b.yaml", f"{CUSCAR}\n# ours\n")
    assert own(tmp_path) >= {"edifact/cuscar/d95b", "edifact/cuscar/d96a"}
    assert all(name.startswith("edifact/cuscar/") for name in own(tmp_path))


@pytest.mark.parametrize("name", ["edifact/parts.yaml", "edifact/codes.yaml"])
def test_a_part_that_it_replaces_counts_with_all_that_use_it(tmp_path: Path, name: str) -> None:
    written(tmp_path, name, f"{map_files()[name]}\n# ours\n")
    assert "edifact/cusres/d96b" in own(tmp_path)
    assert not any(map_.startswith(("wco/", "portcall/")) for map_ in own(tmp_path))
