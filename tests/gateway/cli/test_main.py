from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_bench import MANIFEST, ROOT, Run

from gateway.version import __version__

COMMAND = [sys.executable, "-c", "from gateway.cli.main import main; main()"]


def environ() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))}


def test_the_version_is_told(run: Run) -> None:
    assert run("--version").out == f"pierhead {__version__}\n"


def test_help_names_every_command(run: Run) -> None:
    out = run("--help").out
    commands = [
        "init",
        "check",
        "serve",
        "convert",
        "validate",
        "explain",
        "find",
        "trace",
        "replay",
        "retry",
        "resend",
        "abandon",
        "skip",
        "purge",
        "hold",
        "backup",
        "mapping",
        "directory",
        "demo",
        "vessels",
        "feed",
    ]
    assert all(f" {command} " in out for command in commands)


@pytest.mark.parametrize(
    "command",
    [("init",), ("check",), ("serve",), ("convert",), ("validate",), ("explain",), ("find",), ("trace",), ("replay",),
     ("retry",), ("resend",), ("abandon",), ("skip",), ("purge",), ("hold",), ("backup",),
     ("demo",), ("mapping", "new"), ("mapping", "test"), ("mapping", "doc"), ("mapping", "coverage"),
     ("directory", "show"), ("directory", "versions")],
)  # fmt: skip
def test_every_command_prints_json_if_asked(run: Run, command: tuple[str, ...]) -> None:
    assert "--json" in run(*command, "--help").out


def test_an_unknown_command_exits_with_2(run: Run) -> None:
    assert run("nonsense").code == 2


def test_the_installed_command_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "m.edi"
    file.write_text(MANIFEST)
    done = subprocess.run([*COMMAND, "validate", str(file)], env=environ(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "accepted: 1 message" in done.stdout


def test_a_reader_that_leaves_early_gets_no_traceback() -> None:
    shown = subprocess.Popen(
        [*COMMAND, "directory", "show", "CUSCAR", "--json"],
        env=environ() | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert shown.stdout is not None
    assert shown.stderr is not None
    shown.stdout.close()
    said = shown.stderr.read()
    shown.stderr.close()
    shown.wait(timeout=60)
    assert "Traceback" not in said
    assert "BrokenPipe" not in said
