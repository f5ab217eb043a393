"""A counterparty that hangs, resets, lies, floods, redirects, answers out of turn: nothing lost, doubled or held up."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "gateway" / "pipeline"))

from desk import answer, said, status
from misbehaving import Misbehaving
from stage import PATIENCE, Server, Stage, sample

from gateway.app import parts
from gateway.app.clock import now
from gateway.model.acknowledgment import Layer
from gateway.model.awaited import Standing
from gateway.model.stages import Outcome
from gateway.settings import load_site
from gateway.store import Store

MANIFEST = sample("full.edi")
LRN = "BA26-042E-01"
FILING = f"blue-anchor/{LRN}"
BY = ("an operator", "put right with customs")

#: Moods that pass, and the outcome and words that each attempt in them is recorded with.
PASSING = [
    ("hang", Outcome.AMBIGUOUS, "no answer after sending began: ReadTimeout"),
    ("reset", Outcome.AMBIGUOUS, "no answer after sending began: ReadError"),
    ("half", Outcome.AMBIGUOUS, "no answer after sending began: RemoteProtocolError"),
    ("take", Outcome.AMBIGUOUS, "no answer after sending began: ReadError"),
    ("trickle", Outcome.AMBIGUOUS, "no answer after sending began: ReadTimeout"),
    ("garbage", Outcome.AMBIGUOUS, "no answer after sending began: RemoteProtocolError"),
    ("error", Outcome.BUSY, "500 Internal Server Error: out of order"),
    ("busy", Outcome.BUSY, "429 Too Many Requests"),
]


@pytest.fixture
def customs() -> Iterator[Misbehaving]:
    made = Misbehaving()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def stage(tmp_path: Path, customs: Misbehaving) -> Iterator[Stage]:
    """The example site, whose customs misbehaves; its answers may take a second."""
    made = Stage(tmp_path)
    path = made.folder / "endpoints" / "customs-api.yaml"
    text = path.read_text("utf-8").replace(f":{made.customs.tcp_port}/", f":{customs.tcp_port}/")
    path.write_text(text + "timeout: 1 s\nbreaker: {failures: 50}\n", "utf-8")
    made.customs.stop()
    made.customs = customs  # type: ignore[assignment]  # it has what the stage asks of a counterparty
    made.parties = (made.line, customs, made.community)  # type: ignore[assignment]
    yield made
    made.close()


@contextmanager
def looking(stage: Stage) -> Iterator[Store]:
    """The store of the site at work, as an operator's commands see it."""
    store = parts.open_store(load_site(stage.folder))
    try:
        yield store
    finally:
        store.close()


def until(look: Callable[[], Any]) -> Any:
    """What is seen, once it is true."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it never came")


def to_customs(store: Store) -> str:
    """The id of the one delivery to customs."""
    (one,) = [
        d for d in store.deliveries(document=f"{store.recent()[-1].id}.1") if d.delivery.endpoint == "customs-api"
    ]
    return one.delivery.id


def as_customs(server: Server, content: bytes) -> None:
    assert server.submit(content, "customs", "application/xml").status_code in (200, 202)  # 200: it came before


@pytest.mark.parametrize(("mood", "outcome", "words"), PASSING, ids=[mood for mood, _, _ in PASSING])
def test_what_passes_is_tried_again_with_the_same_bytes_and_key(
    stage: Stage, customs: Misbehaving, mood: str, outcome: Outcome, words: str
) -> None:
    customs.moods = [mood, mood]
    with stage.serving() as server, looking(stage) as store:
        assert server.submit(MANIFEST).status_code == 202
        stage.wait_for((1, 1, 1))
        until(lambda: said_of(store) == "sent")
        receipts = store.receipts(to_customs(store))
    assert [receipt.outcome for receipt in receipts] == [outcome, outcome, Outcome.DELIVERED]
    assert all(receipt.detail.startswith(words) for receipt in receipts[:2]), receipts
    assert len({(attempt.key, attempt.content) for attempt in customs.attempts}) == 1
    assert [attempt.mood for attempt in customs.attempts] == [mood, mood, "well"]


def said_of(store: Store) -> str:
    filing = store.filing(FILING)
    return said(filing) if filing is not None else ""


@pytest.mark.parametrize("mood", ["drip", "flood"])
def test_an_answer_without_end_is_cut_and_the_delivery_stands(stage: Stage, customs: Misbehaving, mood: str) -> None:
    customs.moods = [mood]
    with stage.serving() as server, looking(stage) as store:
        server.submit(MANIFEST)
        stage.wait_for((1, 1, 1))
        (receipt,) = until(lambda: store.receipts(to_customs(store)))
    assert (receipt.outcome, receipt.detail) == (Outcome.DELIVERED, "200 OK; the answer was cut off")
    assert len(receipt.answer) <= 1_000_000
    assert [attempt.mood for attempt in customs.attempts] == [mood]


def test_a_redirect_is_not_followed_and_waits_for_a_person(stage: Stage, customs: Misbehaving) -> None:
    customs.moods, customs.other_url = ["elsewhere"], f"http://127.0.0.1:{stage.line.tcp_port}/elsewhere"
    with stage.serving() as server, looking(stage) as store:
        server.submit(MANIFEST)
        (letter,) = until(store.dead_letters)
        assert "redirects are not followed; correct the endpoint's URL" in letter.reason
        assert said_of(store) == "undeliverable"
        assert store.retry(letter.id, now(), *BY)
        stage.wait_for((1, 1, 1))
        until(lambda: said_of(store) == "sent")
    assert not any(path.endswith("/elsewhere") for path, _ in stage.line.posted)


def test_what_customs_said_it_took_and_did_not_is_overdue_and_can_be_sent_again(
    stage: Stage, customs: Misbehaving
) -> None:
    path = stage.folder / "agreements" / "manifests.yaml"
    path.write_text(path.read_text("utf-8").replace("answer_within: 2 h", "answer_within: 1 s"), "utf-8")
    customs.moods = ["forget"]
    with stage.serving() as server, looking(stage) as store:
        server.submit(MANIFEST)
        sent = until(lambda: said_of(store) == "sent" and to_customs(store))
        (awaited,) = until(lambda: store.awaited(now(), overdue=True))
        assert (awaited.delivery, awaited.layer, awaited.standing) == (sent, Layer.FUNCTION, Standing.OVERDUE)
        until(lambda: any(event.step == "overdue" for event in store.timeline(sent)))
        assert customs.kept == {}
        again = store.resend(sent, now(), *BY)
        (key,) = until(lambda: customs.kept)
    assert key == again != sent
    assert customs.attempts[0].content == customs.attempts[1].content


def test_one_that_hangs_delays_nobody_else(stage: Stage, customs: Misbehaving) -> None:
    customs.moods = ["hang"] * 40
    with stage.serving() as server:
        for number in range(5):
            assert server.submit(MANIFEST.replace(b"BA000001", b"BA%06d" % number)).status_code == 202
        until(lambda: (len(stage.line.keys), len(stage.community.keys)) == (5, 5))
        assert customs.kept == {}
        customs.moods.clear()
        customs.recovered.set()
        stage.wait_for((5, 5, 5))


def test_answers_twice_out_of_order_late_and_negative_leave_the_filing_as_customs_means_it(stage: Stage) -> None:
    with stage.serving() as server, looking(stage) as store:
        server.submit(MANIFEST)
        stage.wait_for((1, 1, 1))
        lifted = _dated(answer(LRN, "8", status("4"), reference="EXR-2"), 12)
        held = _dated(answer(LRN, "8", status("7"), reference="EXR-1"), 11)
        for content in (lifted, held, answer(LRN, mrn="26EX0001", reference="EXR-3"), held):
            as_customs(server, content)
        stage.line.wait_for(4, b"")
        until(lambda: (filing := store.filing(FILING)) and not filing.hold and filing.mrn == "26EX0001")
        as_customs(server, answer(LRN, "27", reference="EXR-4"))
        until(lambda: said_of(store) == "rejected by customs")
        told = "\n".join(event.text for event in store.timeline(FILING))
    assert "before it was accepted" in told
    assert "rejected after" in told
    assert "which no rule foresees" in told


def _dated(content: bytes, hour: int) -> bytes:
    """An answer that customs gave on the first of November at an hour, UTC."""
    text = f'<DateTimeString formatCode="304">20261101{hour}0000Z</DateTimeString>'
    stamp = f"<IssueDateTime>{text}</IssueDateTime>".encode()
    return content.replace(b"</FunctionalReferenceID>", b"</FunctionalReferenceID>" + stamp, 1)
