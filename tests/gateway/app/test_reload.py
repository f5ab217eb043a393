"""A site read again while it is served: real HTTP, real folders, a real store."""

from __future__ import annotations

import hashlib
import os
import queue
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import httpx2
import pytest

from gateway import app
from gateway.app import parts, service
from gateway.cli.samples import copy_example_site, samples
from gateway.errors import GatewayError
from gateway.settings import changes, load_site

FULL = (samples() / "edifact/cuscar/full.edi").read_bytes()
shipped = cache(app.standards)
KEY = "a-key-that-is-new"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The example site with folders for counterparties, on a free TCP port."""
    folder = tmp_path / "site"
    copy_example_site(folder)
    (folder / "endpoints/coast-stations.yaml").unlink()
    for path in (folder / "endpoints").glob("*.yaml"):
        text = path.read_text("utf-8").replace("transport: http", "transport: folder")
        path.write_text(re.sub(r"send_to: http\S+", f"send_to: exchange/{path.stem}", text), encoding="utf-8")
    change(folder / "site.yaml", r"port: \d+", "port: 0")
    return folder


class Served:
    """A gateway at work; `steps` gets the name of each step that has ended."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.steps: queue.Queue[str] = queue.Queue()
        self.gateway = service.build(load_site(folder), self.steps.put)
        self.gateway.start()

    def submit(self, content: bytes, key: str = "") -> int:
        key = key or (self.folder / "secrets/blue-anchor.key").read_text("utf-8").strip()
        url = f"http://127.0.0.1:{self.gateway.http_port}/v1/messages"
        return httpx2.post(url, content=content, headers={"X-API-Key": key}, timeout=60).status_code

    def settled(self, count: int) -> None:
        """Wait until so many deliveries are settled."""
        while count:
            count -= self.steps.get(timeout=60) == "settle"

    def inbox(self, name: str) -> int:
        folder = self.folder / "exchange" / name
        return len([path for path in folder.iterdir() if path.is_file()]) if folder.exists() else 0


@pytest.fixture
def served(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr(parts, "standards", lambda _site: shipped())  # compiled once for all tests
    made = Served(site)
    yield made
    made.gateway.stop()


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert re.search(old, text)
    path.write_text(re.sub(old, new, text, count=1), encoding="utf-8")


def test_a_route_counts_from_the_next_message_on_and_the_journal_says_what_changed(served: Served) -> None:
    assert served.submit(FULL) == 202
    served.settled(3)  # CONTRL, customs, port community
    change(
        served.folder / "agreements/manifests.yaml",
        r"(?s)  - document: CargoReport\n    when: accepted\n    to: port.*?D16A\n",
        "",
    )
    (line,) = served.gateway.reload()
    assert line == (
        "agreement manifests, routes: accepted CargoReport to port-community-api as edifact CUSCAR D16A removed"
    )
    again = FULL.replace(b"BA26-042E-01", b"BA26-042E-91").replace(b"+260", b"+261", 1)
    reference = again.split(b"UNB+")[1].split(b"'")[0].split(b"+")[4]
    assert served.submit(again.replace(reference, b"%s9" % reference[:-1])) == 202
    served.settled(2)
    assert (served.inbox("customs-api"), served.inbox("port-community-api")) == (2, 1)


@pytest.mark.parametrize(
    ("file", "old", "new", "why"),
    [
        ("agreements/manifests.yaml", "to: customs-api", "to: customs-apy", "did you mean customs-api|not one of"),
        ("site.yaml", "port: 0", "port: 1", "listen changed, which needs a restart"),
        ("agreements/manifests.yaml", "policy: strict", "policy: strict\nsyntax: {profiles: [nowhere]}", "no profile"),
    ],
)
def test_a_site_that_is_wrong_or_needs_a_restart_changes_nothing(
    served: Served, file: str, old: str, new: str, why: str
) -> None:
    before = served.gateway.parts
    change(served.folder / file, old, new)
    change(served.folder / "partners/customs.yaml", "name: .*", "name: Someone Else")
    with pytest.raises(GatewayError, match=why):
        served.gateway.reload()
    assert served.gateway.parts is before


def test_an_api_key_is_taken_and_another_refused_after_it_was_read_again(served: Served) -> None:
    assert served.submit(FULL, KEY) == 401
    path = served.folder / "partners/blue-anchor.yaml"
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    change(path, r"api_keys:", f"api_keys:\n  - sha256: {digest}")
    assert served.gateway.reload() == ["partner blue-anchor, api_keys: changed"]
    assert served.submit(FULL, KEY) == 202


def test_the_api_answers_from_what_was_read_again_and_counts_on(served: Served) -> None:
    assert served.submit(FULL) == 202
    served.settled(3)
    url, headers = f"http://127.0.0.1:{served.gateway.http_port}/v1", {"X-API-Key": KEY}
    assert httpx2.get(f"{url}/site", headers=headers, timeout=60).status_code == 401
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    with (served.folder / "site.yaml").open("a", encoding="utf-8") as file:
        file.write(f"operators:\n  - name: ops\n    sha256: {digest}\n")
    change(served.folder / "partners/customs.yaml", "name: .*", "name: Someone Else")
    told = served.gateway.reload()
    assert [line for line in told if "operators" in line] == ["site, operators: changed"]
    site = httpx2.get(f"{url}/site", headers=headers, timeout=60).json()
    assert "Someone Else" in {one["name"] for one in site["partners"]}
    assert served.submit(FULL) == 200
    figures = httpx2.get(f"http://127.0.0.1:{served.gateway.http_port}/metrics", headers=headers, timeout=60).text
    counted = 'pierhead_arrivals_total{endpoint="http",outcome="%s"} 1.0'
    assert counted % "new" in figures
    assert counted % "duplicate" in figures


def test_what_is_validated_goes_by_what_was_read_again(served: Served) -> None:
    key = (served.folder / "secrets/blue-anchor.key").read_text("utf-8").strip()
    url = f"http://127.0.0.1:{served.gateway.http_port}/v1/messages?validate=true"
    for path in (served.folder / "agreements").glob("*.yaml"):
        if re.search(r"(?m)^id: manifests$", path.read_text("utf-8")):
            path.write_text(path.read_text("utf-8").replace("id: manifests", "id: cargo"), encoding="utf-8")
    served.gateway.reload()
    answer = httpx2.post(url, content=FULL, headers={"X-API-Key": key}, timeout=60).json()
    assert answer["validation"]["agreement"] == "cargo"


def test_a_folder_that_is_added_is_taken_from_and_one_that_is_removed_is_left(served: Served) -> None:
    path = served.folder / "endpoints/new-inbox.yaml"
    path.write_text("id: new-inbox\npartner: blue-anchor\ntransport: folder\nreceive_from: exchange/new\npoll: 50 ms\n")
    assert served.gateway.reload() == ["endpoint new-inbox: added"]
    (served.folder / "exchange/new/a.edi").write_bytes(FULL)
    served.settled(3)
    path.unlink()
    assert served.gateway.reload() == ["endpoint new-inbox: removed"]
    assert "new-inbox" not in served.gateway.receivers


def test_what_is_read_again_without_a_change_changes_nothing(served: Served) -> None:
    before = served.gateway.parts
    assert served.gateway.reload() == []
    assert served.gateway.parts.transports == before.transports
    assert served.gateway.parts.path.standards is before.path.standards


def test_a_difference_never_shows_a_secret(site: Path) -> None:
    before = load_site(site)
    change(site / "partners/blue-anchor.yaml", r"api_keys:", f"api_keys:\n  - sha256: {'ab' * 32}")
    change(site / "endpoints/customs-api.yaml", r"send_to: \S+", "send_to: exchange/elsewhere")
    told = changes(before, load_site(site))
    assert told == ["partner blue-anchor, api_keys: changed", "endpoint customs-api, way: changed"]


def cli(site: Path, *words: str) -> list[str]:
    return [sys.executable, "-c", "from gateway.cli.main import main; main()", "--site", str(site), *words]


def test_a_served_site_is_read_again_when_the_command_asks_for_it(site: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        subprocess.run(cli(site, "reload"), check=True, capture_output=True)
    pipes = {"stderr": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(cli(site, "serve", "--json"), text=True, **pipes) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert "url" in process.stdout.readline()
        change(site / "partners/customs.yaml", "name: .*", "name: Someone Else")
        said = subprocess.run(cli(site, "reload", "--json"), check=True, capture_output=True, text=True).stdout
        assert str(process.pid) in said
        assert any('"reloaded"' in line and "Someone Else" in line for line in process.stderr)
        os.kill(process.pid, signal.SIGTERM)
        process.stderr.read()
        assert process.wait(60) == 0
