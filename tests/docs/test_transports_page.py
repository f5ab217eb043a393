"""docs/reference/transports.md: its examples are read, and they show every key."""

from __future__ import annotations

import dataclasses
import re
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
from pages import ROOT, Block, blocks

from gateway.errors import SettingsError
from gateway.section import Faults, SecretSource, Section, Surroundings
from gateway.settings import load_site
from gateway.settings.endpoint_file import Wires, read_endpoint
from gateway.transports.health import WireHealth
from gateway.yaml_source import load

_PAGE = (ROOT / "docs" / "reference" / "transports.md").read_text("utf-8")
_EXAMPLES = [block for block in blocks(_PAGE) if block.language == "yaml" and "transport:" in block.text]
_WIRES = Wires.installed()
_ELSEWHERE = {"folder", "mqtt", "nmea_file", "nmea_tcp", "nmea_tcp_server", "nmea_udp"}


def endpoint(block: Block, folder: Path) -> tuple[Section, Surroundings, Faults]:
    node: Any = load(block.text, "example.yaml", SettingsError)
    for name in ("ca.pem", "own.pem", "own.key", "id_ed25519", "port-1.creds"):
        path = folder / "certificates" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    faults = Faults()
    secrets = SecretSource(folder, {"WIRE_SECRET": "an invented secret"})
    return Section(node, faults, "endpoint"), Surroundings(folder, (), secrets), faults


@pytest.mark.parametrize("block", _EXAMPLES, ids=range(len(_EXAMPLES)))
def test_an_example_is_an_endpoint_without_fault(block: Block, tmp_path: Path) -> None:
    section, around, faults = endpoint(block, tmp_path)
    read_endpoint(section, around, ["customs", "line", "agent", "community", "terminal"], _WIRES)
    assert faults.found == []


def test_the_examples_show_every_key_that_a_wire_asks_for(tmp_path: Path) -> None:
    asked: set[tuple[str, str]] = set()
    shown = {("http", "sign")}  # on the page of feeds
    for block in _EXAMPLES:
        section, around, _ = endpoint(block, tmp_path)
        name = section.text("transport")
        (_WIRES.transports if "send_to" in section.node else _WIRES.receivers)[name].configure(section, around)
        asked |= {(name, key) for key in section.asked}
        shown |= {(name, key) for key, _ in section.node.entries()}
    assert asked - shown == set()


def test_the_server_and_its_certificates_are_read_as_shown(tmp_path: Path) -> None:
    starts = ("http", "certificates")
    shown = {key: block.text for block in blocks(_PAGE) for key in starts if block.text.startswith(f"{key}:")}
    (tmp_path / "site.yaml").write_text(f"name: Invented\nidentity: PORT:ZZ\n{shown['http']}")
    (tmp_path / "partners").mkdir()
    (tmp_path / "partners" / "line.yaml").write_text(f"id: line\nidentifiers: LINE:ZZ\n{shown['certificates']}")
    for name in ("ca.pem", "own.pem", "own.key"):
        (tmp_path / "certificates").mkdir(exist_ok=True)
        (tmp_path / "certificates" / name).write_text("x")
    site = load_site(tmp_path)
    assert site.listen.tls is not None
    assert site.listen.tls.clients_ca.endswith("certificates/ca.pem")
    assert site.partners["line"].certificates == (
        "dns:gateway.line.example",
        "subject:CN=gateway,O=Invented Line",
    )


def test_every_wire_has_a_row_and_an_example_here_or_a_page_of_its_own() -> None:
    shown = {re.search(r"^transport: (\w+)$", block.text, re.MULTILINE)[1] for block in _EXAMPLES}  # type: ignore[index]
    groups = ("pierhead.transports", "pierhead.receivers")
    installed = {entry.name for group in groups for entry in entry_points(group=group)}
    assert installed - _ELSEWHERE == shown
    assert all(f"| `{name}` |" in _PAGE for name in shown)


def test_every_field_of_a_wires_health_is_on_the_page() -> None:
    assert [field.name for field in dataclasses.fields(WireHealth) if f"`{field.name}`" not in _PAGE] == []
