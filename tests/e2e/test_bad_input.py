"""What bad input gets, over real HTTP: a finding or refusal with place and rule, an acknowledgment where there may be
one, a journal entry; never a traceback, never a lost byte.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from stage import KEYS, PATIENCE, Stage, sample

from gateway.app import service
from gateway.errors import MappingError
from gateway.settings import load_site

FULL = sample("full.edi")
DONE = ("accepted", "rejected", "partly accepted", "no agreement", "not recognised", "conflict", "dead")


class Running:
    """The gateway in this process, with its store at hand."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.gateway = service.build(load_site(stage.folder))
        self.gateway.start()
        self.url = f"http://127.0.0.1:{self.gateway.http_port}"

    def submit(
        self, content: bytes, partner: str = "blue-anchor", media: str = "application/edifact"
    ) -> httpx2.Response:
        headers = {"X-API-Key": KEYS.get(partner, partner), "Content-Type": media}
        return httpx2.post(f"{self.url}/v1/messages", content=content, headers=headers, timeout=30)

    def outcome(self, answer: httpx2.Response, partner: str = "blue-anchor") -> dict[str, Any]:
        """What the sender is told when its message has been processed."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            told: dict[str, Any] = httpx2.get(
                f"{self.url}{answer.json()['status']}", headers={"X-API-Key": KEYS[partner]}, timeout=30
            ).json()
            if told["state"] in DONE:
                return told
            time.sleep(0.02)
        raise AssertionError(told)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    stage = Stage(tmp_path_factory.mktemp("bad"))
    made = Running(stage)
    yield made
    made.gateway.stop()
    stage.close()


def numbered(content: bytes, number: int) -> bytes:
    """The same interchange under a reference of its own."""
    return content.replace(b"BA000001", b"BAD%05d" % number)


REJECTED = [
    ("cut off in a segment", numbered(FULL, 1)[:700], "13"),
    ("cut off behind a message", numbered(FULL, 2)[: numbered(FULL, 2).index(b"UNZ")], "13"),
    ("a wrong count", numbered(FULL, 3).replace(b"UNT+61", b"UNT+99"), "29"),
    ("a wrong reference", numbered(FULL, 4).replace(b"UNZ+1+BAD00004", b"UNZ+1+OTHER"), "28"),
    ("a segment of no message", numbered(FULL, 5).replace(b"GIS+23'", b"XYZ+23'", 1), "15"),
    ("a mandatory element left out", numbered(FULL, 6).replace(b"EQD+CN+", b"EQD++", 1), "13"),
    ("a value too long", numbered(FULL, 7).replace(b"EXM26-0417", b"E" * 40), "39"),
    ("letters where digits belong", numbered(FULL, 8).replace(b"CNT+16:3", b"CNT+16:THREE"), "37"),
    ("a character outside the set", numbered(FULL, 9).replace(b"UNOC", b"UNOA").replace(b"TILES", b"tiles"), "21"),
    ("bytes that are no text", numbered(FULL, 10).replace(b"CERAMIC TILES", b"\x00\x01\x02\x80\xff"), "21"),
    ("a container that fails its check digit", numbered(FULL, 11).replace(b"BANU1000013", b"BANU1000014"), "PH-1002"),
    ("totals that do not add up", numbered(FULL, 12).replace(b"CNT+11:610", b"CNT+11:611"), "PH-1205"),
]


@pytest.mark.parametrize(("name", "content", "code"), REJECTED, ids=[row[0] for row in REJECTED])
def test_a_faulty_message_is_rejected_at_its_place_and_the_sender_is_told(
    running: Running, name: str, content: bytes, code: str
) -> None:
    before = len(running.stage.customs.keys)
    answer = running.submit(content)
    told = running.outcome(answer)
    assert answer.status_code == 202
    assert told["state"] == "rejected", told
    found = [finding for finding in told["findings"] if finding["code"] == code and finding["severity"] == "error"]
    assert found, told["findings"]
    assert all(finding["position"] and finding["text"] for finding in found)
    reference = content.partition(b"UNB+")[2].split(b"+")[4]
    contrl = running.stage.line.wait_for(1, b"UCI+" + reference)[0]
    if code.startswith("PH-"):  # syntax is right: CONTRL accepts, a CUSRES says what the rules refuse
        assert b"+7'" in contrl
        cusres = running.stage.line.wait_for(1, b"ERC+" + code.encode())[0]
        assert b"ERP+2:" in cusres
    else:
        assert b"+4" in contrl
        assert f"+{code}".encode() in contrl
    assert running.gateway.store.arrival(told["id"]).arrival.content == content
    assert len(running.stage.customs.keys) == before, name


EDIFACT = "application/edifact"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def changed(number: int, old: bytes, new: bytes) -> bytes:
    """The manifest under a reference of its own, with one thing changed."""
    content = numbered(FULL, number)
    assert old in content
    return content.replace(old, new, 1)


REFUSED = [
    ("nothing known", PICTURE, "application/octet-stream", "not recognised", "PH-0001"),
    ("an unknown sender", changed(21, b"BLUEANCHOR:ZZ", b"NOBODY:ZZ"), EDIFACT, "no agreement", "23"),
    ("another recipient", changed(22, b"EXCUSTOMS:ZZ", b"ELSEWHERE:ZZ"), EDIFACT, "no agreement", "7"),
    ("a test message", changed(23, b"++CUSCAR'", b"++CUSCAR++++1'"), EDIFACT, "no agreement", "25"),
    ("a message not agreed", changed(24, b"CUSCAR:D:95B", b"DESTIM:D:95B"), EDIFACT, "no agreement", "17"),
    ("a message of no directory", changed(25, b"CUSCAR:D:95B", b"ABCDEF:D:95B"), EDIFACT, "no agreement", "17"),
]


@pytest.mark.parametrize(("name", "content", "media", "state", "code"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_no_agreement_covers_is_kept_and_refused_with_the_reason(
    running: Running, name: str, content: bytes, media: str, state: str, code: str
) -> None:
    told = running.outcome(running.submit(content, media=media))
    assert (told["state"], told["findings"][0]["code"]) == (state, code), name
    assert told["findings"][0]["remedy"]
    assert running.gateway.store.arrival(told["id"]).arrival.content == content
    assert running.gateway.store.timeline(told["id"])


def test_a_document_type_declaration_is_refused_before_it_is_parsed(running: Running) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><Response>&a;</Response>'
    told = running.outcome(running.submit(bomb, "customs", "application/xml"), "customs")
    assert told["state"] in ("rejected", "no agreement")
    assert any("DOCTYPE" in finding["text"] for finding in told["findings"]), told


def test_an_answer_to_nothing_is_kept_with_a_finding(running: Running) -> None:
    response = (
        b'<Response xmlns="urn:pierhead:profile:response:1"><FunctionCode>29</FunctionCode>'
        b"<FunctionalReferenceID>R1</FunctionalReferenceID>"
        b"<Declaration><FunctionalReferenceID>NEVER-SENT</FunctionalReferenceID></Declaration></Response>"
    )
    told = running.outcome(running.submit(response, "customs", "application/xml"), "customs")
    assert "PH-4001" in {finding["code"] for finding in told["findings"]}


def test_an_unknown_key_gets_nothing_recorded(running: Running) -> None:
    before = len(running.gateway.store.recent(1000))
    assert running.submit(FULL, partner="no such key").status_code == 401
    assert len(running.gateway.store.recent(1000)) == before


def test_one_partner_cannot_see_anothers_message(running: Running) -> None:
    answer = running.submit(numbered(FULL, 31))
    headers = {"X-API-Key": KEYS["customs"]}
    assert httpx2.get(f"{running.url}{answer.json()['status']}", headers=headers, timeout=30).status_code == 404


def test_a_partner_cannot_send_in_anothers_name(running: Running) -> None:
    told = running.outcome(running.submit(numbered(FULL, 32), "customs"), "customs")
    assert told["state"] == "no agreement"


def test_an_oversize_body_is_refused_before_it_is_taken_in(running: Running) -> None:
    limit = running.gateway.site.limits.body
    assert running.submit(b"U" * (limit + 1)).status_code == 413


def test_a_half_written_file_is_never_read(running: Running) -> None:
    folder = running.stage.folder / "exchange" / "blue-anchor" / "in"
    folder.mkdir(parents=True, exist_ok=True)
    content = numbered(FULL, 41)
    part = folder / "manifest.edi.part"
    part.write_bytes(content[:500])
    (folder / "whole.edi").write_bytes(numbered(FULL, 42))  # written later, and taken
    running.stage.line.wait_for(1, b"UCI+BAD00042")
    (taken,) = [a for a in running.gateway.store.recent(1000) if a.endpoint == "blue-anchor-drop"]
    assert running.gateway.store.arrival(taken.id).arrival.content == numbered(FULL, 42)
    part.write_bytes(content)
    part.rename(folder / "manifest.edi")
    contrl = running.stage.line.wait_for(1, b"UCI+BAD00041")[0]
    assert b"+7'" in contrl


def test_a_wrong_map_stops_the_start_with_file_line_and_column(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.close()
    wrong = stage.folder / "mappings" / "edifact" / "acme.yaml"
    wrong.parent.mkdir(parents=True)
    wrong.write_text(
        "map: acme\nextends: cuscar/d95b\nmessage: CUSCAR D95B\n"
        "rules:\n  BGM:\n    1225: intnt | code message_function\n",
        encoding="utf-8",
    )
    with pytest.raises(MappingError, match=r"edifact/acme\.yaml:6:11: .*intnt.*did you mean intent"):
        service.build(load_site(stage.folder))
