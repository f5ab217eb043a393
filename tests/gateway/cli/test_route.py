"""`pierhead route --dry-run`: who would get what, why and when, with nothing sent or stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_bench import Run

from gateway.cli.samples import copy_example_site, samples

FULL = samples() / "edifact/cuscar/full.edi"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    copy_example_site(folder)
    return folder


def test_it_says_who_would_get_what_and_why_and_leaves_nothing_behind(run: Run, site: Path) -> None:
    before = sorted(site.rglob("*"))
    told = run("--site", site, "route", "--dry-run", FULL, "--partner", "blue-anchor", "--json")
    assert told.code == 0
    assert sorted(site.rglob("*")) == before
    answer = told.json
    assert answer["state"] == "accepted"
    assert [one["id"] for one in answer["agreements"] if one["applies"]] == ["manifests"]
    to = ["blue-anchor-inbox", "customs-api", "port-community-api", "foreign-agency-api"]
    assert [one["to"] for one in answer["outputs"]] == to
    assert "manifests sends each CargoReport that is accepted to customs-api" in answer["outputs"][1]["why"]


def test_it_says_when(run: Run, site: Path) -> None:
    path = site / "agreements/manifests.yaml"
    path.write_text(
        path.read_text().replace("trigger: at once", "trigger: on released or after 48 h")
        + "deadlines:\n  - {document: CargoReport, by: 24 h before arrival, to: blue-anchor-inbox, as: APERAK D96A}\n"
    )
    path.write_text(path.read_text().replace("    as: CUSCAR D16A\n", "    as: CUSCAR D16A\n    together: every 1 h\n"))
    told = run("--site", site, "route", "--dry-run", FULL, "--json").json
    customs, agency, community = told["outputs"][1:]
    assert customs["due"].startswith("when released of filing blue-anchor/BA26-042E-01 happens, at the latest ")
    assert community["to"] == "port-community-api"
    assert community["due"].endswith(":00:00Z, with what else is gathered")
    assert agency["due"].startswith("when port arrival at XZEXP of vessel 9999993 happens")
    assert len(told["deadlines"]) == 1
    shown = run("--site", site, "route", "--dry-run", FULL).out
    assert "with what else is gathered" in " ".join(shown.split())


def test_a_sender_that_nobody_knows_is_told_why_no_agreement_applies(run: Run, site: Path) -> None:
    told = run("--site", site, "route", "--dry-run", FULL, "--partner", "customs", "--json")
    assert told.code == 1
    assert told.json["state"] == "no agreement"
    assert not any(one["applies"] for one in told.json["agreements"])


def test_it_only_tells_and_knows_the_partners(run: Run, site: Path) -> None:
    assert "add --dry-run" in run("--site", site, "route", FULL).err
    assert "did you mean blue-anchor" in run("--site", site, "route", FULL, "--dry-run", "--partner", "blue-ancor").err
