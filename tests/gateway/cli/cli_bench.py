"""What the tests of the command line share: an invented manifest, a result, a processed arrival."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gateway.app import service
from gateway.model.stages import Arrival
from gateway.settings import load_site

ROOT = Path(__file__).parents[3]
CORPUS = ROOT.parent / "shared/corpus"
ARRIVAL = "20250314T123000-0123456789ab"
MANIFEST = """\
UNA:+.? '
UNB+UNOC:3+BLUEANCHOR:ZZ+EXCUSTOMS:ZZ+250314:1230+REF1'
UNH+1+CUSCAR:D:95B:UN'
BGM+85+MAN1+9'
DTM+137:20250314:102'
NAD+MS+BAL:172:20'
TDT+20+12W+1++BAL:172:20+++9074729:146::MV EXAMPLE'
LOC+60+NLRTM:139:6'
DTM+132:202503201200:203'
EQD+CN+BANU1000013+22G1:102:5++3+5'
MEA+AAE+G+KGM:3500'
CNI+1'
RFF+BM:BL0001'
LOC+9+CNSHG:139:6'
LOC+11+NLRTM:139:6'
NAD+CN+++IMPORTER BV+QUAY 1+ROTTERDAM++3000AA+NL'
GID+1+10:CT'
FTX+AAA+++CHAIRS, WOODEN'
MEA+AAE+G+KGM:1200'
SGP+BANU1000013+10'
UNT+19+1'
UNZ+1+REF1'
"""
BODY = MANIFEST[MANIFEST.index("UNH+") : MANIFEST.index("UNZ+")]
TWO_MESSAGES = MANIFEST.replace("UNZ+1", BODY.replace("UNH+1", "UNH+2").replace("UNT+19+1", "UNT+19+2") + "UNZ+2")


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Result]


def process(folder: Path, content: bytes, id_: str = ARRIVAL) -> None:
    gateway = service.build(load_site(folder))
    runner = gateway.runner("test")
    at = datetime(2025, 3, 14, 12, 30, tzinfo=UTC)
    runner.accept(Arrival(id_, "http", at, content, {"principal": "blue-anchor"}))
    assert runner.process() == 1
    gateway.store.close()


def watch(folder: Path) -> None:
    """Do what a site at work does with what its feeds heard."""
    gateway = service.build(load_site(folder))
    try:
        runner = gateway.runner("observe")
        while gateway.store.unobserved(1):
            assert runner.observe()
    finally:
        gateway.store.close()
