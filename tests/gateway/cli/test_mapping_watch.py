"""What `mapping test --watch` tells: what came out otherwise than before, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from cli_bench import MANIFEST, ROOT

from gateway import app
from gateway.cli.mapping_watch import Watch

MAP = """map: edifact/own
document: CargoReport
message: CUSCAR D95B
include: [own_tables]
rules:
  BGM:
    1001: type
    1004: reference
    1225: intent | code intent
"""
TABLES = "tables:\n  intent: {9: submit}\n"
_TICKS = count(2_000_000_000)


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a file so that its stamp is another one than before, however fast the test is."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        tick = next(_TICKS)
        os.utime(path, (tick, tick))
        return path

    return write


@pytest.fixture
def watch(put: Callable[[str, str], Path], tmp_path: Path) -> Watch:
    put("site/mappings/edifact/own.yaml", MAP)
    put("site/mappings/edifact/own_tables.yaml", TABLES)
    put("samples/edifact/cuscar/one.edi", MANIFEST)
    put("samples/edifact/cuscar/two.edi", MANIFEST.replace("MAN1", "MAN2"))
    site = tmp_path / "site"
    return Watch(lambda: app.standards(site), [site / "mappings"], tmp_path / "samples", "edifact/own")


def told(watch: Watch) -> list[str]:
    return [line.plain for line in watch.look()]


Put = Callable[[str, str], Path]


def test_the_first_look_tells_everything_and_the_next_nothing(watch: Watch) -> None:
    first, second, total = told(watch)
    assert first.startswith("passes edifact/cuscar/one.edi (edifact/own): ")
    assert second.startswith("passes edifact/cuscar/two.edi (edifact/own): ")
    assert total == "2 samples, 0 failed"
    assert told(watch) == []


def test_a_sample_that_changed_is_tried_alone(watch: Watch, put: Put) -> None:
    told(watch)
    put("samples/edifact/cuscar/one.canonical.json", '{"CargoReport": {"reference": "OTHER"}}')
    changed, head, *faults, total = told(watch)
    assert changed == "changed: one.edi"
    assert head.startswith("fails edifact/cuscar/one.edi")
    assert '    canonical: reference expected "OTHER", got "MAN1"' in faults
    assert total == "2 samples, 1 failed"


def test_only_faults_that_are_new_or_mended_are_told_again(watch: Watch, put: Put) -> None:
    name = "samples/edifact/cuscar/one.canonical.json"
    put(name, '{"CargoReport": {"reference": "OTHER", "type": "86"}}')
    told(watch)
    put(name, '{"CargoReport": {"reference": "MAN1", "type": "86"}}')
    _, head, *news, _ = told(watch)
    assert head.startswith("fails")
    assert news == ['    mended: canonical: reference expected "OTHER", got "MAN1"']


def test_a_wrong_map_is_told_with_place_and_nearest_name_and_mended(watch: Watch, put: Put) -> None:
    told(watch)
    put("site/mappings/edifact/own.yaml", MAP.replace("1004: reference", "1004: refrence"))
    assert told(watch) == [
        "changed: own.yaml",
        "edifact/own.yaml:8:11: CargoReport has no field 'refrence'; did you mean reference?",
    ]
    put("site/mappings/edifact/own.yaml", MAP)
    assert told(watch) == ["changed: own.yaml", "2 samples, 0 failed"]


def test_what_a_map_includes_is_watched(watch: Watch, put: Put) -> None:
    before = told(watch)[0]
    put("site/mappings/edifact/own_tables.yaml", TABLES.replace("9: submit", "8: submit"))
    changed, first, _, _ = told(watch)
    assert changed == "changed: own_tables.yaml"
    assert first != before  # one finding more: the code 9 is known no longer


def test_a_map_whose_meaning_did_not_change_tries_nothing(watch: Watch, put: Put) -> None:
    told(watch)
    put("site/mappings/edifact/own.yaml", f"# a remark\n{MAP}")
    assert told(watch) == ["changed: own.yaml", "2 samples, 0 failed"]


def test_a_sample_that_comes_or_goes_is_told(watch: Watch, put: Put) -> None:
    told(watch)
    path = put("samples/edifact/cuscar/three.edi", MANIFEST)
    assert told(watch)[1].startswith("passes edifact/cuscar/three.edi")
    path.unlink()
    assert told(watch) == ["changed: three.edi", "edifact/cuscar/three.edi is gone", "2 samples, 0 failed"]


def test_a_name_of_no_map_is_told_with_the_nearest(watch: Watch) -> None:
    watch.name = "edifact/owm"
    assert told(watch) == ["there is no map 'edifact/owm'; did you mean edifact/own?"]


@pytest.mark.usefixtures("watch")
def test_the_command_tells_until_it_is_interrupted(put: Put, tmp_path: Path) -> None:
    arguments = ["--site", "site", "mapping", "test", "edifact/own", "--samples", "samples", "--watch"]
    heeding = "from signal import *; signal(SIGINT, default_int_handler)"  # which a shell's background job ignores
    start = [sys.executable, "-u", "-c", f"{heeding}; from gateway.cli.main import main; main()", *arguments]
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(start, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3)]
        assert lines[-1] == "2 samples, 0 failed\n"
        put("samples/edifact/cuscar/two.edi", MANIFEST.replace("MAN1", "MAN3"))
        assert process.stdout.readline() == "changed: two.edi\n"
        assert process.stdout.readline() == "2 samples, 0 failed\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
