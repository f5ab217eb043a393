#!/usr/bin/env python3
"""Write the AsyncAPI 3.0 document of the channels on which vessel events are published, from the adapter's tables.

    python tools/asyncapi.py [OUT]

Writes `docs/reference/asyncapi.json` unless told otherwise.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters.portcall.adapter import PortcallAdapter
from adapters.portcall.json_schema import schema
from adapters.portcall.tables import TABLES
from gateway.model.vessel_event import EventType
from gateway.version import __version__

OUT = Path(__file__).resolve().parents[1] / "docs" / "reference" / "asyncapi.json"
DRAFT = "application/schema+json;version=draft-07"
CONTENT_TYPE = PortcallAdapter.content_type


def messages() -> dict[str, Any]:
    """Return the messages by name: one for each vocabulary."""
    return {
        table.name: {
            "name": table.name,
            "title": table.title,
            "contentType": CONTENT_TYPE,
            "payload": {"$ref": f"#/components/schemas/{table.name}"},
        }
        for table in TABLES
    }


def channel(address: str, server: str, title: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return a channel that carries every message."""
    made: dict[str, Any] = {
        "address": address,
        "title": title,
        "servers": [{"$ref": f"#/servers/{server}"}],
        "messages": {table.name: {"$ref": f"#/components/messages/{table.name}"} for table in TABLES},
    }
    return made | ({"parameters": dict(parameters)} if parameters else {})


def operation(name: str, title: str, bindings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sending of all messages on a channel."""
    return {
        "action": "send",
        "title": title,
        "channel": {"$ref": f"#/channels/{name}"},
        "messages": [{"$ref": f"#/channels/{name}/messages/{table.name}"} for table in TABLES],
        "bindings": dict(bindings),
    }


def document() -> dict[str, Any]:
    """Return the whole document."""
    words = sorted(one.value.replace(" ", "-").lower() for one in EventType)
    topic = {
        "endpoint": {"description": "Where a site publishes: the topic of its endpoint."},
        "event": {"description": "What happened, in lower case with hyphens.", "enum": words},
        "mmsi": {"description": "The MMSI of the ship."},
    }
    return {
        "asyncapi": "3.0.0",
        "id": "urn:pierhead:vessel-events",
        "info": {
            "title": "Pierhead vessel events",
            "version": __version__,
            "description": (
                "What ships were seen to do, as CloudEvents 1.0 in structured mode. "
                "A site says which agreement gets which events, in which vocabulary, on which channel."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": {
            "broker": {
                "host": "{host}",
                "protocol": "mqtt",
                "protocolVersion": "5",
                "description": "The broker of an MQTT endpoint; MQTT 3.1.1 does as well.",
                "variables": {"host": {"default": "localhost:1883"}},
            },
            "webhook": {
                "host": "{host}",
                "protocol": "https",
                "description": "Whoever takes events by HTTP.",
                "variables": {"host": {"default": "localhost:8443"}},
            },
        },
        "channels": {
            "topic": channel("{endpoint}/{event}/{mmsi}", "broker", "Topics of a broker", topic),
            "webhook": channel("/", "webhook", "A webhook", {}),
        },
        "operations": {
            "publish": operation(
                "topic", "Publish events", {"mqtt": {"qos": 1, "retain": False, "bindingVersion": "0.2.0"}}
            ),
            "call": operation("webhook", "Call the webhook", {"http": {"method": "POST", "bindingVersion": "0.3.0"}}),
        },
        "components": {
            "messages": messages(),
            "schemas": {table.name: {"schemaFormat": DRAFT, "schema": schema(table)} for table in TABLES},
        },
    }


def text() -> str:
    """Return the document as JSON."""
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Write the document where the command line says."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    out.write_text(text(), "utf-8")
    print(f"{out.name}: {len(TABLES)} messages")


if __name__ == "__main__":
    main()
