"""The service as a whole: manifests a second from HTTP in to the last receipt, on SQLite and on PostgreSQL.

    python bench/service.py [--manifests N] [--senders N]

`pierhead serve` is a process of its own, with the example site: each manifest (CUSCAR) is checked, acknowledged by
CONTRL, written as WCO XML for customs and as CUSCAR D.16A for the port community, and delivered to three HTTP servers,
which run with the senders in this process. Time runs from the first POST to the last receipt. Beside it stand the
processor time of the service for each manifest, and its memory at a quarter of the way and at the end.

Then one endpoint of ten hangs: how long a manifest takes from its confirmation to each of the nine others, beside the
same with all ten well.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "e2e"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "gateway"))

from misbehaving import Misbehaving
from postgresql import server
from stage import Server, Stage, sample

from gateway.app import parts
from gateway.settings import load_site

_MANIFEST = sample("full.edi")
_KEY = {"X-API-Key": "k" * 64, "Content-Type": "application/edifact"}
_URL = "PIERHEAD_BENCH_STORE"
_OTHERS = 9
_AS = "as: wco cargo-report 1 pierhead"
_AIM = 200


class Timed(Misbehaving):
    """A counterparty that notes when it got which manifest."""

    def __init__(self) -> None:
        super().__init__(on_message=self._note)
        self.got: dict[int, float] = {}

    def _note(self, content: bytes) -> None:
        _, named, rest = content.partition(b"LRN-")
        if named:  # which a CONTRL is not by
            self.got[int(rest[:6])] = time.perf_counter()


def manifest(number: int) -> bytes:
    """Return the sample manifest under references of its own."""
    return _MANIFEST.replace(b"BA000001", b"BM%06d" % number).replace(b"BA26-042E-01", b"LRN-%06d" % number)


def filed(url: str, numbers: range, senders: int, pause: float = 0.0) -> dict[int, float]:
    """File manifests, and return when each was confirmed."""
    left, confirmed, lock = iter(numbers), {}, threading.Lock()

    def send() -> None:
        with httpx2.Client(timeout=60, headers=_KEY) as client:
            while True:
                with lock:
                    number = next(left, None)
                if number is None:
                    return
                answer = client.post(url, content=manifest(number))
                assert answer.status_code == 202, answer.text
                confirmed[number] = time.perf_counter()
                time.sleep(pause)

    threads = [threading.Thread(target=send) for _ in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return confirmed


@contextmanager
def staged(parties: int, url: str = "") -> Iterator[tuple[Stage, list[Timed]]]:
    """The example site in a temporary folder, with counterparties of ours."""
    with tempfile.TemporaryDirectory(prefix="pierhead-bench-") as folder:
        stage, timed = Stage(Path(folder)), [Timed() for _ in range(parties)]
        for party in timed:
            party.start()
        for party, old in zip(timed, stage.parties, strict=False):
            for path in stage.folder.rglob("*.yaml"):
                path.write_text(path.read_text("utf-8").replace(f":{old.tcp_port}/", f":{party.tcp_port}/"), "utf-8")
        agreement = stage.folder / "agreements" / "manifests.yaml"
        text = agreement.read_text("utf-8")
        agreement.write_text(
            text[: text.index("  - document: CargoReport          #")] + text[text.index("replies:") :]
        )
        with (stage.folder / "site.yaml").open("a", encoding="utf-8") as site:
            if url:
                os.environ[_URL] = url
                site.write(f"store: {{env: {_URL}}}\n")
        try:
            yield stage, timed
        finally:
            stage.close()
            for party in timed:
                party.stop()


def throughput(name: str, url: str, manifests: int, senders: int) -> None:
    """Measure manifests a second from HTTP in to the last receipt."""
    with staged(3, url) as (stage, parties), stage.serving() as running:
        filed(running.url, range(1, 21), senders)  # maps are compiled, connections are open
        until(stage, parties, 20)
        process = _Process(running)
        began, cpu, early = time.perf_counter(), process.seconds(), 0.0
        confirmed = filed(running.url, range(21, 21 + manifests // 4), senders)
        early = process.megabytes()
        confirmed |= filed(running.url, range(21 + manifests // 4, 21 + manifests), senders)
        taken = time.perf_counter() - began
        until(stage, parties, 20 + manifests)
        whole, spent = time.perf_counter() - began, process.seconds() - cpu
        rate = manifests / whole
        print(
            f"{name:12} {rate:7.1f} manifests/s to the last receipt ({manifests / taken:.1f} taken in), "
            f"{1000 * spent / manifests:.1f} ms of processor each, "
            f"{early:.0f} MB at a quarter, {process.megabytes():.0f} MB at the end; "
            f"aim {_AIM}/s: {'met' if rate >= _AIM else 'missed'}"
        )


def until(stage: Stage, parties: list[Timed], wanted: int) -> None:
    """Wait until everybody has everything, and every receipt is in the store."""
    while any(len(party.kept) < wanted for party in parties[:3]):
        time.sleep(0.01)
    store = parts.open_store(load_site(stage.folder))
    while store.counters().deliveries.get("queued", 0) or store.counters().deliveries.get("in_flight", 0):
        time.sleep(0.01)
    store.close()


def beside_a_dead_one(hanging: int, manifests: int) -> None:
    """Measure how long manifests take to nine endpoints while a tenth hangs, or does not."""
    with staged(3 + _OTHERS) as (stage, parties):
        others = parties[3:]
        endpoint = (stage.folder / "endpoints" / "customs-api.yaml").read_text("utf-8")
        routes = []
        for number, party in enumerate(others):
            text = endpoint.replace("id: customs-api", f"id: customs-{number}")
            text = text.replace(f":{parties[1].tcp_port}/", f":{party.tcp_port}/")
            (stage.folder / "endpoints" / f"customs-{number}.yaml").write_text(text, "utf-8")
            routes.append(f"  - {{document: CargoReport, when: accepted, to: customs-{number}, {_AS}}}\n")
        agreement = stage.folder / "agreements" / "manifests.yaml"
        agreement.write_text(agreement.read_text("utf-8").replace("replies:", f"{''.join(routes)}replies:"), "utf-8")
        with stage.serving() as running:
            filed(running.url, range(1, 6), 1)
            while any(len(party.got) < 5 for party in others):
                time.sleep(0.01)
            parties[1].moods = ["hang"] * hanging
            confirmed = filed(running.url, range(6, 6 + manifests), 1, pause=0.25)
            while any(len(party.got) < 5 + manifests for party in others):
                time.sleep(0.01)
            parties[1].moods = []
            parties[1].recovered.set()
        took = sorted(1000 * (party.got[number] - at) for party in others for number, at in confirmed.items())
        said = "one of ten hangs" if hanging else "all ten are well"
        print(
            f"{said}: p50 {statistics.median(took):.0f} ms, p99 {took[int(len(took) * 0.99)]:.0f} ms to the other nine"
        )


class _Process:
    """What the system says of a service's process."""

    def __init__(self, running: Server) -> None:
        self._folder = Path("/proc") / str(running.process.pid)

    def seconds(self) -> float:
        """Return its processor time."""
        fields = (self._folder / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """Return its resident memory."""
        return int((self._folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Measure, and print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--manifests", type=int, default=600)
    parser.add_argument("--senders", type=int, default=8)
    given = parser.parse_args()
    throughput("SQLite", "", given.manifests, given.senders)
    with server(durable=True) as database:
        throughput("PostgreSQL", database.create(), given.manifests, given.senders)
    beside_a_dead_one(0, given.manifests // 10)
    beside_a_dead_one(1000, given.manifests // 10)


if __name__ == "__main__":
    main()
