from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_bench import ARRIVAL, Run, process

from gateway import app
from gateway.app import parts
from gateway.cli.samples import samples
from gateway.model.journal import Work
from gateway.settings import load_site

NOW = datetime(2030, 1, 1, tzinfo=UTC)
MANIFEST = (samples() / "edifact/cuscar/full.edi").read_bytes()
LRN = "BA26-042E-01"


def test_a_business_key_is_found_in_its_document(run: Run, site: Path) -> None:
    found = run("--site", site, "find", LRN, "--json").json["found"]
    assert {(one["kind"], one["subject"]) for one in found} == {("lrn", "document"), ("lrn", "filing")}
    assert f"blue-anchor/{LRN}" in run("--site", site, "find", LRN).out


def test_a_container_is_found_by_kind(run: Run, site: Path) -> None:
    assert run("--site", site, "find", "BANU1000013", "--kind", "container").code == 0
    assert run("--site", site, "find", "BANU1000013", "--kind", "bill").code == 1


def test_a_key_that_occurs_nowhere_exits_with_1(run: Run, site: Path) -> None:
    result = run("--site", site, "find", "NOTHING")
    assert (result.code, result.err) == (1, "NOTHING occurs nowhere\n")


@pytest.mark.parametrize("asked", [LRN, "BANU1000013", f"blue-anchor/{LRN}"])
def test_a_filing_is_traced_by_id_and_by_any_of_its_keys(run: Run, site: Path, asked: str) -> None:
    found = run("--site", site, "trace", asked, "--json").json["found"]
    assert [(life["kind"], life["id"]) for life in found] == [("filing", f"blue-anchor/{LRN}")]
    assert found[0]["events"][0]["step"] == "record"
    assert {delivery["endpoint"] for delivery in found[0]["deliveries"]} >= {"customs-api", "port-community-api"}


def test_a_timeline_is_told_in_sentences(run: Run, site: Path) -> None:
    out = run("--site", site, "trace", ARRIVAL).out
    assert out.startswith(f"arrival {ARRIVAL}  state accepted")
    assert "agreement manifests: interchange" in out


def test_tracing_nothing_exits_with_1(run: Run, site: Path) -> None:
    assert run("--site", site, "trace", "NOTHING").code == 1


def test_a_replay_by_the_same_maps_differs_in_nothing_and_changes_nothing(run: Run, site: Path) -> None:
    result = run("--site", site, "replay", ARRIVAL, "--json")
    assert result.json == {"arrival": ARRIVAL, "changes": [], "queued": False}
    assert _queued(site) == 0


def test_a_replay_shows_what_another_map_makes_of_it(run: Run, site: Path) -> None:
    shipped = app.map_files()["edifact/cuscar/d95b.yaml"]
    folder = site / "mappings/edifact/cuscar"
    folder.mkdir(parents=True)
    (folder / "d95b.yaml").write_text("\n".join(line for line in shipped.splitlines() if "8155" not in line))
    changes = run("--site", site, "replay", ARRIVAL, "--json").json["changes"]
    assert {change["what"] for change in changes} == {"document", "finding", "delivery"}
    assert "equipment[0].size_type" in {change["path"] for change in changes}
    assert "22G1" in run("--site", site, "replay", ARRIVAL).out


def test_only_send_queues_the_arrival_again(run: Run, site: Path) -> None:
    assert run("--site", site, "replay", ARRIVAL, "--send", "--json").json["queued"] is True
    assert _queued(site) == 1


def test_replay_of_an_unknown_arrival_exits_with_2(run: Run, site: Path) -> None:
    assert run("--site", site, "replay", "none").code == 2


def test_a_conflicting_arrival_is_replayed_as_a_conflict(run: Run, site: Path) -> None:
    process(site, MANIFEST.replace(b"BANU1000013", b"BANU1000014"), "20250314T123100-0123456789ac")
    result = run("--site", site, "replay", "20250314T123100-0123456789ac", "--json")
    assert result.json["changes"] == []


def test_a_dead_delivery_is_listed_and_queued_again(run: Run, site: Path) -> None:
    delivery = _kill_one(site)
    assert delivery in run("--site", site, "retry").out
    assert [one["id"] for one in run("--site", site, "retry", "--json").json["waiting"]] == [delivery]
    assert run("--site", site, "retry", delivery, "--why", "they said so").out == f"{delivery} is queued again\n"
    assert run("--site", site, "retry", "--json").json["waiting"] == []


def test_what_is_not_dead_is_not_queued_again(run: Run, site: Path) -> None:
    result = run("--site", site, "retry", f"{ARRIVAL}.1.1", "--why", "in vain")
    assert result.code == 1
    assert "neither dead nor quarantined" in result.err


def test_failed_processing_is_queued_again_by_the_arrival(run: Run, site: Path) -> None:
    run("--site", site, "replay", ARRIVAL, "--send")
    store = parts.open_store(load_site(site))
    item = store.lease([Work.PROCESS], NOW, 60, "test")[0]
    assert store.fail(item, "a bug of ours", NOW)
    store.close()
    assert "a bug of ours" in run("--site", site, "retry").out
    assert run("--site", site, "retry", ARRIVAL, "--why", "it is mended").code == 0


def test_who_and_why_stand_in_the_timeline(run: Run, site: Path) -> None:
    delivery = f"{ARRIVAL}.1.1"
    assert run("--site", site, "abandon", delivery).code == 2, "without a reason nothing is done"
    done = run("--site", site, "abandon", delivery, "--why", "by phone", "--by", "ann", "--json").json
    assert (done["id"], done["done"]) == (delivery, True)
    assert "abandoned (by ann: by phone)" in run("--site", site, "trace", delivery).out
    (life,) = run("--site", site, "trace", delivery, "--json").json["found"]
    assert [(event["who"], event["why"]) for event in life["events"] if "who" in event] == [("ann", "by phone")]
    again = run("--site", site, "resend", delivery, "--why", "they lost it")
    assert again.out == f"{delivery} is sent again as {delivery}.r1\n"
    assert run("--site", site, "skip", delivery, "--why", "no reason").code == 1


def test_a_held_filing_is_listed_until_it_is_released(run: Run, site: Path) -> None:
    filing = f"blue-anchor/{LRN}"
    assert run("--site", site, "hold", "nothing", "--why", "case 12").code == 1
    assert run("--site", site, "hold", filing, "--why", "case 12", "--by", "ann").code == 0
    assert [one["id"] for one in run("--site", site, "hold", "--json").json["holds"]] == [filing]
    assert "case 12" in run("--site", site, "hold").out
    assert run("--site", site, "hold", filing, "--release", "--why", "closed").code == 0
    assert run("--site", site, "hold", "--json").json["holds"] == []


def test_a_purge_goes_by_the_retention_of_the_site(run: Run, site: Path) -> None:
    counted = run("--site", site, "purge", "--dry-run", "--json").json
    assert counted == {"dry_run": True, "arrivals": 0, "documents": 0, "deliveries": 0}
    with (site / "site.yaml").open("a") as file:
        file.write("retention: 1 d\n")
    store = parts.open_store(load_site(site))
    for delivery in store.deliveries(arrival=ARRIVAL):
        assert store.abandon(delivery.delivery.id, NOW, "ann", "by phone")
    store.close()
    assert run("--site", site, "purge", "--dry-run", "--json").json["arrivals"] == 1
    assert "are purged" in run("--site", site, "purge").out
    assert run("--site", site, "find", LRN).code == 1


def test_a_copy_of_the_store_is_made_once(run: Run, site: Path, tmp_path: Path) -> None:
    assert run("--site", site, "backup", tmp_path / "copy.db", "--json").json["rows"]["arrivals"] == 1
    assert run("--site", site, "backup", tmp_path / "copy.db").code == 2


def _queued(site: Path) -> int:
    store = parts.open_store(load_site(site))
    try:
        return store.counters().work_ready.get(str(Work.PROCESS), 0)
    finally:
        store.close()


def _kill_one(site: Path) -> str:
    """Let one delivery be cut short at an endpoint that is not idempotent, so that it waits for a person."""
    store = parts.open_store(load_site(site))
    item = store.lease([Work.DELIVER], NOW, 1, "first")[0]
    assert store.begin_attempt(item, NOW, idempotent=lambda _: False) is not None
    again = [one for _ in range(3) for one in store.lease([Work.DELIVER], NOW.replace(hour=1), 1, "second", limit=10)]
    ours = next(one for one in again if one.subject == item.subject)
    assert store.begin_attempt(ours, NOW.replace(hour=1), idempotent=lambda _: False) is None
    store.close()
    return item.subject
