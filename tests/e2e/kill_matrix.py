"""A campaign of kill -9 under load: the service dies at every named step, again and again, and nothing is lost.

    python tests/e2e/kill_matrix.py --kills 200 [--store postgresql]

A sender files manifests without a break, each until it is confirmed. The service is started, dies by SIGKILL at the end
of a step, at random which and for which time, and is started again. Then everything that was confirmed is counted at
the counterparties, which are real servers in this process, and at the store.

    lost      confirmed, and not with everybody that it is for
    doubled   at a counterparty under more than one idempotency key
    altered   an idempotency key that came with other bytes than before
    stuck     left in the queue, in flight, dead or quarantined, once nothing moves any more
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[0] / "gateway")]

from misbehaving import Misbehaving
from stage import Stage, sample

from gateway.app import parts
from gateway.settings import load_site

STEPS = ("receive", "record", "identify", "check", "acknowledge", "write", "commit", "attempt", "send", "settle")
MANIFEST = sample("full.edi")
_QUIET_SECONDS = 15.0  # without anything new at a counterparty: then nothing moves any more
_LONGEST_LIFE = 20.0  # of a service whose step does not come; it is killed wherever it is
_URL = "PIERHEAD_KILLS_STORE"


@dataclass(slots=True)
class Sender:
    """Files manifests, one after another, each until it is confirmed."""

    url: str = ""
    confirmed: list[int] = field(default_factory=list)
    sent: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, threads: int) -> None:
        self._threads = [threading.Thread(target=self._file, daemon=True) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let every manifest that was begun be confirmed."""
        self.stopping.set()
        for thread in self._threads:
            thread.join()

    def _file(self) -> None:
        while not self.stopping.is_set():
            with self._lock:
                self.sent += 1
                number = self.sent
            while not self._confirmed(number):
                time.sleep(0.05)
            with self._lock:
                self.confirmed.append(number)

    def _confirmed(self, number: int) -> bool:
        headers = {"X-API-Key": "k" * 64, "Content-Type": "application/edifact"}
        try:
            answer = httpx2.post(self.url, content=manifest(number), headers=headers, timeout=30)
        except (httpx2.RequestError, httpx2.UnsupportedProtocol):
            return False
        assert answer.status_code in (200, 202, 503), answer.text
        return answer.status_code != 503


def manifest(number: int) -> bytes:
    """The sample manifest under an interchange reference and an LRN of its own."""
    return MANIFEST.replace(b"BA000001", b"KM%06d" % number).replace(b"BA26-042E-01", b"LRN-%06d" % number)


@dataclass(frozen=True, slots=True)
class Found:
    """What a campaign came to."""

    kills: Counter[str]
    confirmed: int
    lost: list[str]
    doubled: list[str]
    altered: list[str]
    stuck: list[str]
    seconds: float

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.altered or self.stuck)

    def __str__(self) -> str:
        at = ", ".join(f"{step} {count}" for step, count in sorted(self.kills.items()))
        faults = [f"{len(getattr(self, name))} {name}" for name in ("lost", "doubled", "altered", "stuck")]
        text = f"{self.kills.total()} kills ({at}) in {self.seconds:.0f} s, {self.confirmed} manifests confirmed: "
        shown = [
            f"  {name}: {one}" for name in ("lost", "doubled", "altered", "stuck") for one in getattr(self, name)[:5]
        ]
        return "\n".join([text + ", ".join(faults), *shown])


def campaign(folder: Path, kills: int, store: str = "", senders: int = 2, seed: int = 1) -> Found:
    """Run a campaign in a folder; `store` is the URL of a PostgreSQL database, "" for the embedded one."""
    chance, began = random.Random(seed), time.monotonic()
    with stage(folder, store) as (made, parties):
        sender = Sender()
        done: Counter[str] = Counter()
        for number in range(kills):
            step, count = STEPS[number % len(STEPS)], chance.randint(1, 12)
            with serving(made, step, str(count)) as (process, url):
                sender.url = url
                if not number:
                    sender.start(senders)
                done[step if _dies(process) else "wherever it was"] += 1
        with serving(made) as (process, url):
            sender.url = url
            sender.stop()
            _wait_until_quiet(parties)
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        return _found(made, parties, sender, done, time.monotonic() - began)


@contextmanager
def stage(folder: Path, store: str) -> Iterator[tuple[Stage, tuple[Misbehaving, ...]]]:
    """The example site, with counterparties that keep every attempt, and leases that end soon."""
    made = Stage(folder)
    parties = tuple(Misbehaving() for _ in range(3))
    for party, old in zip(parties, made.parties, strict=True):
        party.start()
        for path in made.folder.rglob("*.yaml"):
            path.write_text(path.read_text("utf-8").replace(f":{old.tcp_port}/", f":{party.tcp_port}/"), "utf-8")
    site = made.folder / "site.yaml"
    text = site.read_text("utf-8").replace("lease: 1 s", "lease: 3 s")
    if store:
        os.environ[_URL] = store
        text += f"store: {{env: {_URL}}}\n"
    site.write_text(text, "utf-8")
    try:
        yield made, parties
    finally:
        made.close()
        for party in parties:
            party.stop()


@contextmanager
def serving(made: Stage, *crash: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The service as a process of its own, with the URL to file at; killed at the end if it is still there."""
    command = [sys.executable, str(HERE / "serve.py"), str(made.folder), *crash]
    log = made.folder.parent / "serve.log"
    with log.open("ab") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
    assert process.stdout is not None
    with process.stdout as said:
        tcp_port = said.readline().strip()  # empty where it died before it could say so: then nobody files
        try:
            yield process, f"http://127.0.0.1:{tcp_port or 1}/v1/messages"
        finally:
            process.kill()
            process.wait()


def _dies(process: subprocess.Popen[str]) -> bool:
    """Whether a service dies at its step; if it lives too long it is killed."""
    try:
        process.wait(_LONGEST_LIFE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False
    return True


def _wait_until_quiet(parties: tuple[Misbehaving, ...]) -> None:
    """Wait until nothing new has come to anybody for a while."""
    before, since = -1, time.monotonic()
    while time.monotonic() - since < _QUIET_SECONDS:
        now = sum(len(party.attempts) for party in parties)
        if now != before:
            before, since = now, time.monotonic()
        time.sleep(0.2)


def _found(made: Stage, parties: tuple[Misbehaving, ...], sender: Sender, kills: Counter[str], seconds: float) -> Found:
    lost: list[str] = []
    doubled: list[str] = []
    altered: list[str] = []
    for name, party in zip(("line", "customs", "community"), parties, strict=True):
        keys: dict[int, set[str]] = defaultdict(set)
        bytes_of: dict[str, bytes] = {}
        for attempt in party.attempts:
            keys[_number(attempt.content)].add(attempt.key)
            if bytes_of.setdefault(attempt.key, attempt.content) != attempt.content:
                altered.append(f"{name} {attempt.key}: {bytes_of[attempt.key]!r} then {attempt.content!r}")
        lost += [f"{name}: manifest {number}" for number in sender.confirmed if number not in keys]
        # The line gets the acknowledgment again for each time that it sends what was taken: each of its own key.
        doubled += [f"{name}: manifest {n} as {sorted(k)}" for n, k in keys.items() if len(k) > 1 and name != "line"]
    return Found(kills, len(sender.confirmed), lost, doubled, altered, _stuck(made), seconds)


def _number(content: bytes) -> int:
    """The number of the manifest that a delivery is about."""
    for mark in (b"LRN-", b"KM"):
        _, found, rest = content.partition(mark)
        if found:
            return int(rest[:6])
    return 0


def _stuck(made: Stage) -> list[str]:
    """What is left in the store, but for what waits for a ship."""
    store = parts.open_store(load_site(made.folder))
    try:
        figures = store.counters()
        states = {"queued": 0, "in_flight": 0, "dead": 0, "quarantined": 0}
        for arrival in store.recent(1_000_000):
            for one in store.deliveries(arrival=arrival.id):
                if one.delivery.endpoint != "foreign-agency-api" and str(one.state) in states:
                    states[str(one.state)] += 1
        left = [f"{count} deliveries {state}" for state, count in states.items() if count]
        process = figures.work_ready.get("process", 0)
        left += [f"{process} arrivals not processed"] if process else []
        left += [f"{figures.work_dead} dead items of work"] if figures.work_dead else []
    finally:
        store.close()
    return left


def main() -> int:
    """Run a campaign and print what it came to; the exit code is 0 when nothing is amiss."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pierhead-kills-") as folder:
        if given.store == "sqlite":
            found = campaign(Path(folder), given.kills, seed=given.seed)
        else:
            from postgresql import server

            with server(durable=True) as database:
                found = campaign(Path(folder), given.kills, database.create(), seed=given.seed)
    print(f"{given.store}: {found}")
    return 0 if found.clean else 1


if __name__ == "__main__":
    raise SystemExit(main())
