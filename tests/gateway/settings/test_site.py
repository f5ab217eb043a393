from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.errors import SettingsError
from gateway.model.conventions import Conventions
from gateway.model.finding import Finding, Kind, Severity
from gateway.model.pace import USUAL, Breaker, Pace, Rate
from gateway.model.stages import MessageType, Party
from gateway.routing import Duplicates, When
from gateway.settings import Limits, Listen, Retry, Site, Timing, load_site
from gateway.transports.folder import FolderOut
from gateway.transports.folder_watch import FolderIn
from gateway.transports.http import HttpEndpoint
from gateway.triggers import AtOnce, Delay

Load = Callable[[], Site]


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def faults(load: Load) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load()
    return str(caught.value).splitlines()


def test_a_site_is_read_whole(load: Load, folder: Path) -> None:
    site = load()
    assert (site.name, site.identities) == ("Port of Example", (Party("PIERHEAD", "ZZ"), Party("PIERHEAD")))
    assert site.store == f"sqlite:///{folder}/var/pierhead.db"
    assert site.listen == Listen("127.0.0.1", 8080)
    assert site.limits == Limits(body=5_000_000)
    assert site.timing == Timing(2.0, 60.0)
    assert list(site.partners) == ["acme", "customs"]
    assert list(site.endpoints) == ["acme-in", "acme-out", "customs-api"]
    assert [agreement.id for agreement in site.agreements] == ["acme-manifests", "customs-answers"]


def test_reading_a_site_creates_nothing(load: Load, folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    load()
    assert sorted(folder.rglob("*")) == before


def test_an_api_key_is_kept_as_its_digest_only(load: Load) -> None:
    partner = load().partners["acme"]
    assert partner.api_key_digests == (hashlib.sha256(b"acme-key-123").digest(),)
    assert "acme-key-123" not in repr(partner)


def test_endpoints_have_their_ways(load: Load, folder: Path) -> None:
    site = load()
    http = site.endpoints["customs-api"]
    assert http.way == HttpEndpoint(
        "https://customs.example/v1/messages", {"X-Version": "1", "X-API-Key": "k-0123456789"}, 20.0
    )
    assert http.retry == Retry(timedelta(seconds=30), timedelta(hours=2), 20)
    assert "k-0123456789" not in repr(site)
    assert site.endpoints["acme-out"].way == FolderOut(folder / "exchange/acme/out")
    assert site.endpoints["acme-in"].way == FolderIn(folder / "exchange/acme/in", 5.0)
    assert [site.endpoints[id_].idempotent for id_ in ("customs-api", "acme-out")] == [True, True]


def test_an_agreement_says_who_what_and_where(load: Load) -> None:
    agreement = load().agreement("acme-manifests")
    assert agreement is not None
    assert agreement.sender.parties == (Party("ACME", "ZZ"), Party("ACMELINE", "14"))
    assert agreement.recipient.partner == "us"
    assert agreement.takes(MessageType("edifact", "CUSCAR", "D03B", "UN"))
    assert agreement.acknowledge == {"contrl": "acme-out"}
    accepted, rejected = agreement.routes
    assert (accepted.when, accepted.to, accepted.trigger) == (When.ACCEPTED, "customs-api", AtOnce())
    assert accepted.type == MessageType("wco", "cargo-report", "1", "", "pierhead")
    assert accepted.answer_within == timedelta(hours=2)
    assert (rejected.when, rejected.trigger) == (When.REJECTED, Delay(timedelta(minutes=15)))
    (reply,) = agreement.replies
    assert (reply.when, reply.document) == (When.ALWAYS, "CustomsResponse")


def test_a_policy_lays_kinds_and_codes_over_its_preset(load: Load) -> None:
    agreement = load().agreement("acme-manifests")
    assert agreement is not None
    judged = agreement.policy.judge
    assert judged(Finding("1", Kind.COUNT, "x")).severity is Severity.WARNING
    assert judged(Finding("1", Kind.CODE_LIST, "x")).severity is Severity.ERROR
    assert judged(Finding("PH-0102", Kind.RULE, "x")).severity is Severity.NOTE


def test_a_kind_may_be_judged_as_a_preset_has_it(load: Load, folder: Path) -> None:
    replace(
        folder / "agreements/acme-manifests.yaml",
        "code-list: error",
        "count: strict, wrapping: strict, prefix: report-only, structure: note, charset: tolerant",
    )
    agreement = load().agreement("acme-manifests")
    assert agreement is not None
    judge = agreement.policy.judge
    for kind, severity in (
        (Kind.COUNT, Severity.ERROR),
        (Kind.WRAPPING, Severity.ERROR),
        (Kind.PREFIX, Severity.WARNING),
        (Kind.STRUCTURE, Severity.NOTE),
        (Kind.CHARSET, Severity.WARNING),
    ):
        assert judge(Finding("1", kind, "x", severity=Severity.WARNING)).severity is severity, kind


def test_an_agreement_says_how_its_partner_writes(load: Load, folder: Path) -> None:
    agreement = load().agreement("acme-manifests")
    assert agreement is not None
    assert agreement.conventions == Conventions()
    replace(
        folder / "agreements/acme-manifests.yaml",
        "acknowledge:",
        "syntax: {charset: UNOC, decimal: ',', repetition: off, profiles: [smdg, acme-guide]}\nacknowledge:",
    )
    changed = load().agreement("acme-manifests")
    assert changed is not None
    assert changed.conventions == Conventions("UNOC", ",", repetition=False, profiles=("smdg", "acme-guide"))


@pytest.mark.parametrize("charset", [f"UNO{letter}" for letter in "ABCDEFGHIJKLWXY"])
def test_every_character_set_of_the_standard_can_be_agreed_to_be_read_and_written(
    load: Load, folder: Path, charset: str
) -> None:
    replace(folder / "agreements/acme-manifests.yaml", "acknowledge:", f"syntax: {{charset: {charset}}}\nacknowledge:")
    replace(folder / "agreements/acme-manifests.yaml", "as: CUSRES D96B", f"as: CUSRES D96B\n    syntax: {charset}:4")
    agreement = load().agreement("acme-manifests")
    assert agreement is not None
    assert agreement.conventions.charset == charset
    assert [reply.syntax for reply in agreement.replies] == [f"{charset}:4"]


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("", Duplicates()),
        ("duplicates: {within: 90 d}", Duplicates(timedelta(days=90))),
        ("duplicates: {key: reference}", Duplicates()),
        (
            "duplicates: {within: 36 h, key: [reference, date], messages: true}",
            Duplicates(timedelta(hours=36), dated=True, messages=True),
        ),
        ("duplicates: {within: 999999 d}", Duplicates(timedelta(days=36500))),
    ],
)
def test_an_agreement_says_when_a_reference_was_used_before(
    load: Load, folder: Path, said: str, read: Duplicates
) -> None:
    replace(folder / "agreements/acme-manifests.yaml", "acknowledge:", f"{said}\nacknowledge:")
    agreement = load().agreement("acme-manifests")
    assert agreement is not None
    assert agreement.duplicates == read


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("site.yaml", "port: 8080", "port: 99999", "site.yaml:3:31: '99999' must be a whole number from 0 to 65535"),
        ("site.yaml", "name:", "nmae:", "site.yaml:1:1: a site has no 'nmae'; did you mean name?"),
        ("site.yaml", "5 MB", "5 bananas", "is no size"),
        (
            "agreements/acme-manifests.yaml",
            "answer_within: 2 h",
            "contrl_within: 2 h",
            "wco has no CONTRL: use 'answer_within'",
        ),
        (
            "agreements/acme-manifests.yaml",
            "answer_within: 2 h",
            "syntax: UNOC:4",
            "wco has no syntax of ISO 9735: leave it out",
        ),
        (
            "agreements/acme-manifests.yaml",
            "answer_within: 2 h",
            "syntax: UNOC:5",
            "'UNOC:5' is no syntax to write: name a character set and a version 1 to 4, like UNOC:4",
        ),
        ("site.yaml", "2 s", "soon", "is no duration"),
        ("site.yaml", "PIERHEAD:ZZ", "'PIERHEAD:*'", "our own identity"),
        ("site.yaml", "limits:", "store: sqlite:///../x.db\nlimits:", "leads out of the site folder"),
        ("site.yaml", "limits:", "store: mysql://x\nlimits:", "cannot be 'mysql'"),
        ("site.yaml", "limits:", "store: postgresql://me:pw@h/d\nlimits:", "is a secret"),
        ("partners/acme.yaml", "ACME_KEY", "NO_SUCH_KEY", "partners/acme.yaml:5:10: the environment variable"),
        ("partners/acme.yaml", "env: ACME_KEY", "sha256: secret", "64 hexadecimal digits"),
        ("partners/acme.yaml", "env: ACME_KEY", "file: secrets/none", "cannot be read"),
        ("partners/acme.yaml", "env: ACME_KEY", "file: ../../etc/passwd", "leads out of the site folder"),
        ("partners/acme.yaml", "id: acme", "id: Acme Line", "is no id"),
        ("partners/acme.yaml", "id: acme", "id: us", "means this gateway itself"),
        ("partners/acme.yaml", "id: acme", "id: customs", "already defined at partners/acme.yaml:1:5"),
        ("partners/customs.yaml", "CUSTOMS:ZZ", "ACME:ZZ", "acme and customs share the identifier ACME:ZZ"),
        ("partners/customs.yaml", "name:", "nmae: [", "partners/customs.yaml:3:12"),
        ("endpoints/customs-api.yaml", "https://", "ftp://", "'ftp' is not allowed here"),
        ("endpoints/customs-api.yaml", "https://customs", "https://me:pw@customs", "do not belong in a URL"),
        ("endpoints/customs-api.yaml", "partner: customs", "partner: custons", "did you mean customs?"),
        ("endpoints/customs-api.yaml", "transport: http", "transport: htpp", "did you mean http?"),
        ("endpoints/customs-api.yaml", "idempotent: true", "idempotent: maybe", "must be true or false"),
        ("endpoints/customs-api.yaml", "attempts: 20", "attempts: 0", "whole number from 1"),
        ("endpoints/customs-api.yaml", "X-Version: 1", "'X Version': 1", "is no header name"),
        ("endpoints/customs-api.yaml", "first: 30 s", "first: 3 h", "shorter than 'first'"),
        ("endpoints/acme-out.yaml", "exchange/acme/out", "../out", "leads out of the site folder"),
        ("endpoints/acme-out.yaml", "exchange/acme/out", "/srv/out", "allow it by 'folders' in site.yaml"),
        ("endpoints/acme-out.yaml", "exchange/acme/out", "agreements", "holds the site's own files"),
        ("endpoints/acme-out.yaml", "exchange/acme/out", ".", "holds the site's own files"),
        ("endpoints/acme-out.yaml", "exchange/acme/out", "exchange/acme/in", "share the folder"),
        ("endpoints/acme-out.yaml", "send_to: exchange/acme/out", "", "either 'send_to' or 'receive_from'"),
        ("agreements/acme-manifests.yaml", "from: acme", "from: acne", "did you mean acme?"),
        ("agreements/acme-manifests.yaml", "to: customs-api", "to: customs-apo", "did you mean customs-api?"),
        ("agreements/acme-manifests.yaml", "{contrl: acme-out}", "{contrl: acme-in}", "'acme-in' is not one of"),
        ("agreements/acme-manifests.yaml", "{contrl: acme-out}", "{control: acme-out}", "did you mean contrl?"),
        ("agreements/acme-manifests.yaml", "D95B..D24A", "D24A..D95B", "write D95B..D24A"),
        ("agreements/acme-manifests.yaml", "preset: tolerant", "preset: lax", "'lax' is not one of strict"),
        ("agreements/acme-manifests.yaml", "code-list: error", "codelist: error", "did you mean code-list?"),
        ("agreements/acme-manifests.yaml", "code-list: error", "code-list: fatal", "is no severity"),
        ("agreements/acme-manifests.yaml", "code-list: error", "count: tolerent",
         "acme-manifests.yaml:5:43: 'tolerent' is no severity: use error, warning, note, strict, tolerant"),
        ("agreements/acme-manifests.yaml", "code-list: error", "count: tolerent", "did you mean tolerant?"),
        ("agreements/acme-manifests.yaml", "PH-0102: note", "PH-0102: strict", "'strict' is no severity: use error"),
        ("agreements/acme-manifests.yaml", "routes:", "syntax: {charset: UNOZ}\nroutes:",
         "acme-manifests.yaml:7:19: 'UNOZ' is not one of UNOA, UNOB"),
        ("agreements/acme-manifests.yaml", "routes:", "syntax: {decimal: ';'}\nroutes:", "';' is no decimal mark"),
        ("agreements/acme-manifests.yaml", "routes:", "syntax: {repetition: '*'}\nroutes:", "must be true or false"),
        ("agreements/acme-manifests.yaml", "routes:", "syntax: {profiles: [SMDG 2]}\nroutes:", "'SMDG 2' is no id"),
        ("agreements/acme-manifests.yaml", "routes:", "syntax: {charsets: UNOC}\nroutes:", "did you mean charset?"),
        ("agreements/acme-manifests.yaml", "routes:", "duplicates: {within: ever}\nroutes:", "'ever' is no duration"),
        ("agreements/acme-manifests.yaml", "routes:", "duplicates: {key: [reference, dat]}\nroutes:",
         "acme-manifests.yaml:7:31: 'dat' is no part of a key: use reference, date; did you mean date?"),
        ("agreements/acme-manifests.yaml", "routes:", "duplicates: {key: date}\nroutes:", "a key without 'reference'"),
        ("agreements/acme-manifests.yaml", "routes:", "duplicates: {window: 1 d}\nroutes:", "has no 'window'"),
        ("agreements/acme-manifests.yaml", "document: CargoReport", "document: CargoRaport", "mean CargoReport?"),
        ("agreements/acme-manifests.yaml", "as: edifact CUSRES D96B", "as: CUSRES", "needs a directory"),
        ("agreements/acme-manifests.yaml", "after 15 min", "after lunch", "needs a number"),
        ("agreements/acme-manifests.yaml", "after 15 min", "at dawn", "is no trigger"),
        ("agreements/acme-manifests.yaml", "when: rejected", "when: never", "'never' is not one of accepted"),
        ("agreements/customs-answers.yaml", "from: customs\nto: us\naccepts: wco response",
         "from: acme\nto: us\naccepts: CUSCAR D96A", "both take"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_place_and_fix(load: Load, folder: Path, file: str, old: str, new: str, said: str) -> None:
    replace(folder / file, old, new)
    assert any(said in fault for fault in faults(load)), faults(load)


def test_every_fault_is_told_at_once(load: Load, folder: Path) -> None:
    replace(folder / "site.yaml", "port: 8080", "port: zero")
    replace(folder / "partners/acme.yaml", "ACME_KEY", "NO_SUCH_KEY")
    replace(folder / "endpoints/customs-api.yaml", "timeout", "timeuot")
    replace(folder / "agreements/acme-manifests.yaml", "from: acme", "from: nobody")
    found = faults(load)
    assert [fault.split(":")[0] for fault in found] == [
        "agreements/acme-manifests.yaml",
        "endpoints/customs-api.yaml",
        "partners/acme.yaml",
        "site.yaml",
    ]


def test_a_folder_without_site_file_is_no_site(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"site\.yaml"):
        load_site(tmp_path, environ={}, triggers={"at once": AtOnce.parse})


def test_a_file_that_would_be_overlooked_is_a_fault(load: Load, folder: Path) -> None:
    (folder / "partners/late.yml").write_text("id: late")
    assert "name it late.yaml" in faults(load)[0]


def test_a_folder_that_leaves_the_site_by_a_symbolic_link_is_refused(load: Load, folder: Path, tmp_path: Path) -> None:
    (folder / "exchange").symlink_to(tmp_path)
    assert all("leads out of the site folder" in fault for fault in faults(load))


def test_a_folder_outside_is_allowed_where_the_site_names_it(load: Load, folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "sftp"
    replace(folder / "site.yaml", "limits:", f"folders: [{outside}]\nlimits:")
    replace(folder / "endpoints/acme-out.yaml", "exchange/acme/out", str(outside / "acme"))
    assert load().endpoints["acme-out"].way == FolderOut(outside / "acme")


def test_secrets_come_from_files_too(load: Load, folder: Path) -> None:
    (folder / "secrets").mkdir()
    (folder / "secrets/acme.key").write_text("from-file\n")
    replace(folder / "partners/acme.yaml", "env: ACME_KEY", "file: secrets/acme.key")
    assert load().partners["acme"].api_key_digests == (hashlib.sha256(b"from-file").digest(),)


def test_retries_double_to_a_cap_follow_the_counterparty_and_end() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    minute = timedelta(minutes=1)
    retry = Retry(minute, timedelta(minutes=5), 5)
    assert [retry.next_due(n, now) for n in (1, 2, 3, 4, 5)] == [
        now + minute,
        now + 2 * minute,
        now + 4 * minute,
        now + 5 * minute,
        None,
    ]
    assert retry.next_due(1, now, now + timedelta(minutes=30)) == now + timedelta(minutes=30)
    assert retry.next_due(1, now, now + timedelta(days=900)) == now + timedelta(days=1)
    assert Retry(attempts=1000).next_due(999, now) == now + timedelta(hours=1)
    assert retry.next_due(3, now, chance=0.25) == now + minute, "jitter is a part of the longest wait"
    assert retry.next_due(1, now, now + minute, chance=0) == now + minute, "and never before what was asked for"


def test_an_endpoint_says_how_fast_it_is_sent_to_and_when_it_is_left_alone(load: Load, folder: Path) -> None:
    assert load().endpoints["customs-api"].pace == USUAL
    with (folder / "endpoints/customs-api.yaml").open("a") as file:
        file.write("rate: 90 per 1 min\nbreaker: {failures: 3, pause: 10 s, at_most: 1 min}\nworkers: 1\n")
    minute = timedelta(minutes=1)
    breaker = Breaker(3, timedelta(seconds=10), minute)
    assert load().endpoints["customs-api"].pace == Pace(Rate(90, minute), breaker, 1)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("rate: fast", "'fast' is no rate"),
        ("rate: 0 per 1 min", "'0 per 1 min' is no rate"),
        ("breaker: {pause: 1 h, at_most: 1 min}", "'at_most' is shorter than 'pause'"),
        ("workers: 0", "must be a whole number from 1 to 100"),
    ],
)
def test_a_pace_that_cannot_be_is_a_fault(load: Load, folder: Path, line: str, said: str) -> None:
    with (folder / "endpoints/customs-api.yaml").open("a") as file:
        file.write(f"{line}\n")
    assert any(said in fault for fault in faults(load))


def test_limits_and_retention_are_those_of_the_site_and_its_agreements(load: Load, folder: Path) -> None:
    assert load().retention is None
    replace(folder / "site.yaml", "limits: {body: 5 MB}", "limits: {free_disk: 2 GB, queued: 500}\nretention: 400 d")
    agreement = next((folder / "agreements").glob("*.yaml"))
    with agreement.open("a") as file:
        file.write("retention: 3650 d\n")
    site = load()
    assert (site.limits, site.retention) == (Limits(free_disk=2_000_000_000, queued=500), timedelta(days=400))
    assert sorted(one.retention or timedelta(0) for one in site.agreements) == [timedelta(0), timedelta(days=3650)]
