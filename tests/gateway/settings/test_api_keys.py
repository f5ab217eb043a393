from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.errors import SettingsError
from gateway.model.access import USUAL, Scope
from gateway.settings import Site

Load = Callable[[], Site]
DIGEST = hashlib.sha256(b"a key made for this test").hexdigest()


def add(path: Path, text: str) -> None:
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def test_a_partners_key_sends_and_reads_unless_it_says_otherwise(load: Load, folder: Path) -> None:
    add(folder / "partners/acme.yaml", f"  - sha256: {DIGEST}\n    scopes: [read]\n    agreements: acme-manifests\n")
    usual, narrow = load().partners["acme"].api_keys
    assert (usual.partner, usual.scopes, usual.agreements) == ("acme", USUAL, frozenset())
    assert (narrow.scopes, narrow.agreements) == (frozenset({Scope.READ}), frozenset({"acme-manifests"}))
    assert not narrow.opens(Scope.SUBMIT)
    assert DIGEST not in repr(narrow)


def test_an_operators_key_opens_everything_but_sending(load: Load, folder: Path) -> None:
    add(folder / "site.yaml", f"operators:\n  - name: ops\n    sha256: {DIGEST}\n")
    (key,) = load().operators
    assert (key.name, key.partner, key.operator) == ("ops", "", True)
    assert [scope for scope in Scope if key.opens(scope)] == [
        Scope.READ,
        Scope.REPLAY,
        Scope.METRICS,
        Scope.OPERATOR,
    ]


@pytest.mark.parametrize(
    ("file", "text", "fault"),
    [
        ("partners/acme.yaml", f"  - sha256: {DIGEST}\n    scopes: operator\n", "there is no scope 'operator' here"),
        ("partners/acme.yaml", f"  - sha256: {DIGEST}\n    agreements: acme-manifest\n", "names no agreement"),
        ("partners/acme.yaml", "  - sha256: abc\n", "64 hexadecimal digits"),
        ("site.yaml", f"operators:\n  - name: a\n    sha256: {DIGEST}\n    scopes: submit\n", "there is no scope"),
        (
            "site.yaml",
            f"operators:\n  - name: a\n    sha256: {hashlib.sha256(b'acme-key-123').hexdigest()}\n",
            "shares an API key with a partner",
        ),
    ],
)
def test_a_key_that_would_open_too_much_is_a_fault(load: Load, folder: Path, file: str, text: str, fault: str) -> None:
    add(folder / file, text)
    with pytest.raises(SettingsError, match=fault):
        load()
