from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest
from cli_bench import MANIFEST, ROOT, Run

from gateway.settings import load_site

_PATIENCE = 60.0


def test_init_copies_a_site_that_loads_with_fresh_secret_keys(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    result = run("init", folder)
    assert result.code == 0
    assert f"pierhead --site {folder} check" in result.out.replace("\n", "")
    keys = sorted((folder / "secrets").iterdir())
    assert keys
    assert all(key.stat().st_mode & 0o077 == 0 for key in keys)
    assert load_site(folder).agreements


def test_init_overwrites_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("kept")
    result = run("init", tmp_path)
    assert result.code == 2
    assert "already there" in result.err
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


def test_check_summarises_the_site(run: Run, site: Path) -> None:
    result = run("--site", site, "check")
    assert result.code == 0
    assert "blue-anchor" in result.out
    assert "maps: all as shipped" in result.out
    assert "0 faults, 0 warnings" in result.out


def test_check_compiles_every_map_where_it_is_asked_to(run: Run, site: Path) -> None:
    found = run("--site", site, "check", "--maps", "--json").json
    assert {one["map"] for one in found["maps"]} >= {"edifact/cusres/d96b", "wco/cargo-report/1"}
    assert found["faults"] == []


def test_check_tells_faults_of_site_and_maps_by_file_line_and_column(run: Run, site: Path) -> None:
    (site / "endpoints/customs-api.yaml").write_text(
        "id: customs-api\npartner: custom\ntransport: http\nsend_to: http://x/\n"
    )
    folder = site / "mappings/edifact/cuscar"
    folder.mkdir(parents=True)
    (folder / "ours.yaml").write_text(
        "map: edifact/cuscar/ours\ndocument: CargoReport\nmessage: CUSCAR D95B\nrules:\n  BGM:\n    1004: referense\n"
    )
    result = run("--site", site, "check")
    assert result.code == 2
    assert re.search(r"^endpoints/customs-api\.yaml:2:\d+: ", result.err, re.MULTILINE)
    assert re.search(r"^edifact/cuscar/ours\.yaml:6:\d+: .*reference\?", result.err, re.MULTILINE)
    assert run("--site", site, "check", "--json").json["site"] is None


def test_a_site_that_is_not_there_is_told_with_exit_code_2(run: Run, tmp_path: Path) -> None:
    for command in (("check",), ("serve",), ("find", "X"), ("trace", "X")):
        result = run("--site", tmp_path / "none", *command)
        assert result.code == 2
        assert "there is no site.yaml in it" in result.err


def test_the_site_may_be_named_by_the_environment(run: Run, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIERHEAD_SITE", str(site))
    assert run("check", "--json").json["site"]["name"] == "Exampleport"


def test_a_map_of_the_site_is_in_front_of_the_shipped_one(run: Run, site: Path, manifest: Path) -> None:
    folder = site / "mappings/edifact/cuscar"
    folder.mkdir(parents=True)
    (folder / "acme.yaml").write_text(
        "map: edifact/cuscar/acme\ndocument: CargoReport\nmessage: CUSCAR D95B\nrules:\n"
        "  BGM: {1004: manifest_number}\n"
    )
    result = run("--site", site, "convert", manifest, "--to", "canonical")
    assert json.loads(result.out) == {"CargoReport": {"manifest_number": "MAN1"}}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_says_where_it_listens_takes_a_message_and_stops_when_told(tmp_path: Path, number: int) -> None:
    folder = tmp_path / "site"
    command = [sys.executable, "-c", "from gateway.cli.main import main; main()"]
    environ = os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))}
    subprocess.run([*command, "init", str(folder)], check=True, env=environ, capture_output=True)
    (folder / "site.yaml").write_text((folder / "site.yaml").read_text().replace("port: 8080", "port: 0"))
    serving = subprocess.Popen(
        [*command, "--site", str(folder), "serve", "--json"],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert serving.stdout is not None
        url = json.loads(serving.stdout.readline())["url"]
        key = (folder / "secrets/blue-anchor.key").read_text()
        with httpx2.Client(headers={"X-API-Key": key}, base_url=url) as client:
            answer = client.post("/v1/messages", content=MANIFEST.encode())
            assert answer.status_code == 202
            state = _state(client, answer.json()["status"])
        serving.send_signal(number)
        _, log = serving.communicate(timeout=_PATIENCE)
    finally:
        serving.kill()
        serving.wait()
    assert state == "accepted"
    assert serving.returncode == 0
    events = [json.loads(line)["event"] for line in log.splitlines()]
    assert (events[0], events[-1]) == ("started", "stopped")


def _state(client: httpx2.Client, status: str) -> str:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        state = str(client.get(status).json()["state"])
        if state != "recorded":
            return state
        time.sleep(0.05)
    return "recorded"


def test_check_warns_of_a_type_that_an_agreement_takes_and_no_map_reads(run: Run, site: Path) -> None:
    path = site / "agreements" / "manifests.yaml"
    path.write_text(path.read_text("utf-8").replace("accepts:\n", "accepts:\n  - DESTIM D16A\n  - CONTRL\n"), "utf-8")
    found = run("--site", site, "check")
    assert found.code == 0
    assert "agreement manifests, accepts: no map reads edifact DESTIM D16A" in found.out
    assert "no map reads edifact CONTRL" not in found.out
