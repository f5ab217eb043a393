from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.settings import Site, load_site
from gateway.triggers import AtOnce, Delay

TRIGGERS = {"at once": AtOnce.parse, "after": Delay.parse}
ENVIRON = {"CUSTOMS_KEY": "k-0123456789", "ACME_KEY": "acme-key-123"}

FILES = {
    "site.yaml": """\
name: Port of Example
identity: [PIERHEAD:ZZ, PIERHEAD]
http: {host: 127.0.0.1, port: 8080}
limits: {body: 5 MB}
timing: {poll: 2 s, lease: 1 min}
""",
    "partners/acme.yaml": """\
id: acme
name: Acme Line
identifiers: [ACME:ZZ, ACMELINE:14]
api_keys:
  - env: ACME_KEY
""",
    "partners/customs.yaml": """\
id: customs
name: Example Customs
identifiers: [CUSTOMS:ZZ]
""",
    "endpoints/customs-api.yaml": """\
id: customs-api
partner: customs
transport: http
send_to: https://customs.example/v1/messages
authorization: {header: X-API-Key, env: CUSTOMS_KEY}
headers: {X-Version: 1}
timeout: 20 s
idempotent: true
retry: {first: 30 s, at_most: 2 h, attempts: 20}
""",
    "endpoints/acme-out.yaml": """\
id: acme-out
partner: acme
transport: folder
send_to: exchange/acme/out
""",
    "endpoints/acme-in.yaml": """\
id: acme-in
partner: acme
transport: folder
receive_from: exchange/acme/in
poll: 5 s
""",
    "agreements/acme-manifests.yaml": """\
id: acme-manifests
from: acme
to: us
accepts: [CUSCAR D95B..D24A]
policy: {preset: tolerant, kinds: {code-list: error}, codes: {PH-0102: note}}
acknowledge: {contrl: acme-out}
routes:
  - document: CargoReport
    to: customs-api
    as: wco cargo-report 1 pierhead
    answer_within: 2 h
  - document: CargoReport
    when: rejected
    to: acme-out
    as: edifact CUSRES D96B
    trigger: after 15 min
replies:
  - document: CustomsResponse
    to: acme-out
    as: CUSRES D96B
""",
    "agreements/customs-answers.yaml": """\
id: customs-answers
from: customs
to: us
accepts: wco response
""",
}

Write = Callable[[str, str], None]
Load = Callable[[], Site]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    site = tmp_path / "site"
    for name, text in FILES.items():
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return site


@pytest.fixture
def load(folder: Path) -> Load:
    return lambda: load_site(folder, environ=ENVIRON, triggers=TRIGGERS)
