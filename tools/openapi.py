#!/usr/bin/env python3
"""Write the OpenAPI document of the HTTP API, from its routes.

    python tools/openapi.py [OUT]

Writes `docs/reference/openapi.json` unless told otherwise.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, cast

from gateway.app.clock import new_id, now
from gateway.transports.http_server import HttpIn, HttpReceiver
from gateway.web import Api, Desk
from gateway.web.document import described

OUT = Path(__file__).resolve().parents[1] / "docs" / "reference" / "openapi.json"


def document() -> dict[str, Any]:
    """Return the document; no question is answered, so there is nothing behind the routes."""
    api = Api(cast("Desk", None))
    receiver = HttpReceiver(HttpIn("127.0.0.1", 0), now, new_id, behind=api)
    return described(receiver.application(_nowhere))


def _nowhere(_arrival: object) -> Any:
    raise AssertionError("nothing is sent here")


def text() -> str:
    """Return the document as JSON."""
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Write the document where the command line says."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    out.write_text(text(), "utf-8")
    print(f"{out.name}: {len(document()['paths'])} paths")


if __name__ == "__main__":
    main()
