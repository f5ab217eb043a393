"""Makes `cli_bench`, which stands beside the tests, importable: test folders are no packages."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent))

from cli_bench import MANIFEST, Result, Run, process

from gateway.cli.main import cli
from gateway.cli.samples import copy_example_site, samples


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the real command line in this process; a traceback fails the test."""
    monkeypatch.setenv("COLUMNS", "200")

    def invoke(*arguments: object, stdin: bytes | None = None) -> Result:
        done = CliRunner().invoke(cli, [str(argument) for argument in arguments], input=stdin)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Result(done.exit_code, done.stdout, done.stderr)

    return invoke


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    def make(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        return path

    return make


@pytest.fixture
def manifest(write: Callable[[str, str], Path]) -> Path:
    return write("manifest.edi", MANIFEST)


@pytest.fixture(scope="session")
def processed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What every `site` is a copy of."""
    folder = tmp_path_factory.mktemp("processed") / "site"
    copy_example_site(folder)
    process(folder, (samples() / "edifact/cuscar/full.edi").read_bytes())
    return folder


@pytest.fixture
def site(processed: Path, tmp_path: Path) -> Path:
    """The example site with one manifest processed; its deliveries are queued, and nothing is sent."""
    return shutil.copytree(processed, tmp_path / "site")
