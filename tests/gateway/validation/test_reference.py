from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.validation.identifiers import is_unlocode
from gateway.validation.reference import countries, imdg_classes, package_types, ports, units

ROOT = Path(__file__).resolve().parents[3]
FACTS = ROOT.parent / "shared" / "facts" / "edifact" / "lists"


def test_the_lists_hold_what_their_editions_hold() -> None:
    assert (len(ports()), len(countries()), len(imdg_classes())) == (17497, 252, 20)
    assert (len(package_types()), len(units())) == (405, 1756)


def test_the_lists_hold_well_known_codes() -> None:
    assert {"NLRTM", "DEHAM", "SGSIN", "CNSGH"} <= ports()
    assert {"NL", "XI", "XK", "XZ"} <= countries()
    assert {"CT", "PX", "1A"} <= package_types()
    assert {"KGM", "TNE", "LBR", "MTQ", "CEL"} <= units()
    assert {"3", "6.1", "1.4"} <= imdg_classes()
    assert not {"UK", "EU"} & countries()


def test_every_port_is_a_well_formed_unlocode_of_a_known_country() -> None:
    assert all(is_unlocode(code) and code[:2] in countries() for code in ports())


def unpacked(gateway: Path) -> dict[str, bytes]:
    packed = [path for part in ("unlocode", "validation") for path in (gateway / part / "data").iterdir()]
    return {str(path.relative_to(gateway)): gzip.decompress(path.read_bytes()) for path in packed}


@pytest.mark.skipif(not FACTS.is_dir(), reason="the facts the lists are packed from are not in the repository")
def test_packing_again_gives_the_packed_lists(tmp_path: Path) -> None:
    tool = ROOT / "tools" / "pack_lists.py"
    subprocess.run([sys.executable, tool, FACTS, tmp_path], check=True, capture_output=True)
    assert unpacked(tmp_path) == unpacked(ROOT / "gateway")
