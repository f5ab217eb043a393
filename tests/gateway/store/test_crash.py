"""Real processes, killed with SIGKILL or racing one another; what is left is counted."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from gateway.model.journal import Claim
from gateway.model.stages import Arrival
from gateway.store import Store

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

_WRITER = """
import sys
from datetime import UTC, datetime
from gateway.store import Store
from gateway.model.journal import *
from gateway.model.stages import Arrival, Delivery, Outcome, Receipt

store, run = Store(sys.argv[1]), sys.argv[2]
now = datetime(2026, 3, 1, 12, tzinfo=UTC)
print("ready", flush=True)
for number in range(1_000_000):
    id_ = f"{run}-{number}"
    store.record(Arrival(id_, "http", now, id_.encode() * 500), Claim("key-" + id_))
    print("recorded", id_, flush=True)
    for item in store.lease([Work.PROCESS], now, 60, run):
        done = ProcessingResult(
            arrival=ArrivalOutcome(item.subject, "accepted"),
            documents=(DocumentRecord("doc-" + item.subject, item.subject, 0, "T", "D", "{}", True),),
            references=(Reference("bill", item.subject, Subject.DOCUMENT, "doc-" + item.subject),),
            deliveries=(Delivery("out-" + item.subject, "k-" + item.subject, "a", "e", b"x" * 3000, "t", "document",
                                 now, "doc-" + item.subject, item.subject),),
            events=(Event(now, "done", "done", item.subject),))
        assert store.complete(item, done)
    for item in store.lease([Work.DELIVER], now, 60, run):
        attempt = store.begin_attempt(item, now, idempotent=lambda _: True)
        print("sent", item.subject, flush=True)
        store.settle(attempt, Receipt(item.subject, now, Outcome.DELIVERED))
        print("settled", item.subject, flush=True)
"""

_LEASER = """
import sys
from datetime import UTC, datetime
from gateway.store import Store
from gateway.model.journal import ProcessingResult, Work

store, owner = Store(sys.argv[1]), sys.argv[2]
now = datetime(2026, 3, 1, 12, tzinfo=UTC)
while items := store.lease([Work.PROCESS], now, 600, owner, 3):
    for item in items:
        print(item.subject, flush=True)
        assert store.complete(item, ProcessingResult())
"""


def killed(url: str, run: str, after: int, seconds: float) -> list[list[str]]:
    """Run the writer, kill it shortly after so many lines, and return the lines it managed to say in full."""
    process = subprocess.Popen([sys.executable, "-c", _WRITER, url, run], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    said = "".join(process.stdout.readline() for _ in range(after))
    time.sleep(seconds)  # nothing is expected of this time: it only moves the kill on into a transaction
    process.send_signal(signal.SIGKILL)
    said += process.stdout.read()
    process.wait()
    process.stdout.close()
    assert process.returncode == -signal.SIGKILL
    return [line.split() for line in said.splitlines(keepends=True) if line.endswith("\n")]


#: Each counts rows that only a torn transaction could leave; all must be 0.
_TORN = {
    "arrival recorded without its key": """select count(*) from arrivals a where dedupe_key <> ''
        and not exists (select 1 from claims c where c.arrival = a.id and c.key = a.dedupe_key)""",
    "key without its arrival": """select count(*) from claims c
        where not exists (select 1 from arrivals a where a.id = c.arrival)""",
    "arrival recorded without work": """select count(*) from arrivals a where state = 'recorded'
        and not exists (select 1 from work w where w.subject = a.id and w.kind = 'process')""",
    "arrival accepted with work left": """select count(*) from arrivals a where state = 'accepted'
        and exists (select 1 from work w where w.subject = a.id and w.kind = 'process')""",
    "arrival accepted without document": """select count(*) from arrivals a where state = 'accepted'
        and not exists (select 1 from documents d where d.arrival = a.id)""",
    "document without reference": """select count(*) from documents d
        where not exists (select 1 from reference_index r where r.id = d.id)""",
    "document without delivery": """select count(*) from documents d
        where not exists (select 1 from deliveries x where x.document = d.id)""",
    "open delivery without work": """select count(*) from deliveries d where state in ('queued', 'in_flight')
        and not exists (select 1 from work w where w.subject = d.id and w.kind = 'deliver')""",
    "delivered with work left": """select count(*) from deliveries d where state = 'delivered'
        and exists (select 1 from work w where w.subject = d.id)""",
    "delivered without receipt": """select count(*) from deliveries d where state = 'delivered'
        and (select count(*) from receipts r where r.delivery = d.id) <> 1""",
    "arrival without event": """select count(*) from arrivals a
        where not exists (select 1 from events e where e.arrival = a.id)""",
}


#: Lines that a writer has said when it is killed: after each of its three confirmations, early and late.
_KILLED_AFTER = (1, 2, 3, 13, 14, 15, 40, 41, 42)


def test_a_kill_at_any_moment_loses_nothing_confirmed_and_leaves_nothing_half_written(url: str) -> None:
    with closing(Store(url)) as store:
        store.upgrade()
    chance = random.Random(7)
    confirmed: Counter[str] = Counter()
    for run, after in enumerate(_KILLED_AFTER):
        for word, id_ in killed(url, f"run{run}", after, chance.uniform(0, 0.01)):
            confirmed[f"{word} {id_}"] += 1
        store = Store(url)
        with store._engine.connect() as connection:
            if url.startswith("sqlite"):
                assert connection.execute(text("pragma integrity_check")).scalar_one() == "ok"
            torn = {name: connection.execute(text(query)).scalar_one() for name, query in _TORN.items()}
            kept = set(connection.execute(text("select id from arrivals")).scalars())
            delivered = set(connection.execute(text("select id from deliveries where state = 'delivered'")).scalars())
        assert torn == dict.fromkeys(_TORN, 0)
        assert {line.split()[1] for line in confirmed if line.startswith("recorded")} <= kept
        assert {line.split()[1] for line in confirmed if line.startswith("settled")} <= delivered
        store.close()
    assert len(confirmed) >= sum(_KILLED_AFTER)


def test_two_processes_never_take_the_same_item(url: str) -> None:
    store = Store(url)
    store.upgrade()
    store.record_all([(Arrival(f"a{i}", "http", NOW, b"x"), Claim("")) for i in range(150)])
    started = [
        subprocess.Popen([sys.executable, "-c", _LEASER, url, f"w{n}"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for n in range(2)
    ]
    said = [process.communicate(timeout=60)[0].split() for process in started]
    assert [process.returncode for process in started] == [0, 0]
    assert sorted(said[0] + said[1]) == sorted(f"a{i}" for i in range(150))
    store.close()
