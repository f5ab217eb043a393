"""docs/reference/feeds.md: its examples are read, its recipe verifies."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pages import ROOT, Block, blocks

from gateway.errors import SettingsError
from gateway.section import Faults, Secret, SecretSource, Section, Surroundings
from gateway.settings.endpoint_file import Wires, read_endpoint
from gateway.transports.batches import FeedHealth
from gateway.transports.signature import SigningKey
from gateway.yaml_source import load

_PAGE = (ROOT / "docs" / "reference" / "feeds.md").read_text()
_BLOCKS = list(blocks(_PAGE))
_EXAMPLES = [block for block in _BLOCKS if block.language == "yaml"]


@pytest.mark.parametrize("block", _EXAMPLES, ids=range(len(_EXAMPLES)))
def test_an_example_is_an_endpoint_without_fault(block: Block, tmp_path: Path) -> None:
    node: Any = load(block.text, "example.yaml", SettingsError)
    for name in ("certificates/ca.pem", "certificates/port-1.pem", "certificates/port-1.key", "logs/ais.nmea"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    secrets = SecretSource(tmp_path, {"COAST_PASSWORD": "x", "HOOK_SECRET": "an invented secret of some length"})
    faults = Faults()
    wires = dataclasses.replace(Wires.installed(), feeds=("nmea",))
    section = Section(node, faults, "endpoint")
    read_endpoint(section, Surroundings(tmp_path, (), secrets), ["coast", "community"], wires)
    assert faults.found == []


def test_every_field_of_a_feeds_health_is_on_the_page() -> None:
    assert [field.name for field in dataclasses.fields(FeedHealth) if f"`{field.name}`" not in _PAGE] == []


def test_the_recipe_verifies_what_is_signed() -> None:
    (recipe,) = (block.text for block in _BLOCKS if block.language == "python")
    names: dict[str, Any] = {}
    exec(recipe, names)  # the page's own code
    key = SigningKey(Secret("an invented secret of some length"))
    headers = {"Idempotency-Key": "key-1", **key.headers("key-1", b"body", datetime.now(UTC))}
    assert names["verified"](key.secret.value.encode(), headers, b"body")
    assert not names["verified"](key.secret.value.encode(), headers, b"bodx")
