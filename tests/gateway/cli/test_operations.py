from __future__ import annotations

from pathlib import Path

from cli_bench import ARRIVAL, Run


def test_acks_lists_what_is_awaited_and_how_it_stands(run: Run, site: Path) -> None:
    result = run("--site", site, "acks")
    assert result.code == 0
    assert "overdue" in result.out  # the manifest is of 2025
    found = run("--site", site, "acks", "--json").json["awaited"]
    assert {one["endpoint"] for one in found} == {"customs-api"}
    assert {(one["layer"], one["standing"], one["verdict"]) for one in found} == {("function", "overdue", None)}
    assert all(one["delivery"].startswith(ARRIVAL) for one in found)


def test_acks_exits_with_1_where_any_is_overdue(run: Run, site: Path) -> None:
    assert run("--site", site, "acks", "--overdue").code == 1


def test_doctor_tells_what_is_wrong_with_a_remedy_and_exits_with_1(run: Run, site: Path) -> None:
    result = run("--site", site, "doctor", "--json")
    assert result.code == 1
    lines = {line["what"]: line for line in result.json["lines"]}
    assert lines["store"]["level"] == "ok"
    assert lines["acknowledgments"]["level"] == "warn"
    assert lines["work"]["level"] == "fail"  # its deliveries have been due since 2025, and nobody serves the site
    assert lines["endpoint customs-api"]["level"] == "fail"
    assert all(line["remedy"] for line in lines.values() if line["level"] != "ok")
    shown = run("--site", site, "doctor")
    assert shown.code == 1
    assert "remedy" in shown.out


def test_doctor_sends_nothing_and_changes_nothing(run: Run, site: Path) -> None:
    before = run("--site", site, "trace", ARRIVAL, "--json").json
    run("--site", site, "doctor")
    assert run("--site", site, "trace", ARRIVAL, "--json").json == before
