from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.errors import TransportBusy
from gateway.model.stages import Delivery
from gateway.transports import folder as module
from gateway.transports.folder import FolderOut, FolderTransport

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DELIVERY = Delivery("d1", "key-1", "a", "e", b"<x/>", "application/xml", "document", NOW, name="Report 1.XML")


def to(folder: Path) -> FolderTransport:
    return FolderTransport(FolderOut(folder), lambda: NOW)


def shown(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_the_file_is_named_after_the_delivery_and_its_key(tmp_path: Path) -> None:
    detail = to(tmp_path).send(DELIVERY).detail
    assert shown(tmp_path) == [detail]
    assert detail.startswith("Report_1-")
    assert detail.endswith(".xml")


def test_a_key_is_written_once_even_after_the_reader_took_the_file_away(tmp_path: Path) -> None:
    transport = to(tmp_path)
    name = transport.send(DELIVERY).detail
    (tmp_path / name).unlink()
    again = to(tmp_path).send(DELIVERY)
    assert "earlier attempt" in again.detail
    assert shown(tmp_path) == []


class Crash(Exception):  # noqa: N818  # stands for the end of the process
    pass


@pytest.mark.parametrize("step", range(1, 6))
def test_an_attempt_cut_short_at_any_step_is_completed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Steps 1 to 5 are the five durable writes: part, folder, note, ledger, renamed folder."""
    left = [step]

    def cut(real: object) -> object:
        def run(*arguments: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise Crash
            real(*arguments)  # type: ignore[operator]

        return run

    with monkeypatch.context() as patch:
        patch.setattr(module, "_write", cut(module._write))
        patch.setattr(module, "_sync", cut(module._sync))
        with pytest.raises(Crash):
            to(tmp_path).send(DELIVERY)
    to(tmp_path).send(DELIVERY)
    (name,) = shown(tmp_path)
    assert (tmp_path / name).read_bytes() == b"<x/>"


_WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from gateway.model.stages import Delivery
from gateway.transports.folder import FolderOut, FolderTransport

now = datetime(2026, 3, 1, 12, tzinfo=UTC)
transport = FolderTransport(FolderOut(Path(sys.argv[1])), lambda: now)
print("ready", flush=True)
for number in range(100_000):
    content = b"%08d" % number * 20_000
    transport.send(Delivery("d", f"key-{number}", "a", "e", content, "t", "document", now, name="m.xml"))
"""


def test_a_reader_never_sees_part_of_a_file_though_the_writer_is_killed(tmp_path: Path) -> None:
    for _ in range(4):
        process = subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        before = len(shown(tmp_path))
        while len(shown(tmp_path)) < before + 8:
            assert {path.stat().st_size for path in tmp_path.glob("[!.]*")} <= {160_000}
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    found = [path.read_bytes() for path in tmp_path.glob("[!.]*")]
    assert len(found) >= 4 * 8
    assert len(set(found)) == len(found)
    assert all(content == content[:8] * 20_000 for content in found)


def test_a_symbolic_link_in_the_way_is_not_written_through(tmp_path: Path) -> None:
    folder, outside = tmp_path / "out", tmp_path / "outside"
    folder.mkdir()
    outside.write_text("untouched")
    (folder / f".{module.key_digest('key-1')}.part").symlink_to(outside)
    with pytest.raises(TransportBusy):
        to(folder).send(DELIVERY)
    assert outside.read_text() == "untouched"
