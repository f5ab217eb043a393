"""JSON Schemas of the files of a site, for editors: what the readers of the files ask for, noted while they ask.

So a schema has every key that a site is read with, and no other. What a text must look like is left to the reader,
which says it with a remedy; an editor offers keys, and the words where there is a fixed choice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from gateway.errors import SettingsError
from gateway.section import Faults, SecretSource, Section, Surroundings
from gateway.settings.agreement_file import References, TriggerReader, read_agreement
from gateway.settings.endpoint_file import Wires, read_endpoint
from gateway.settings.partner_file import read_partner
from gateway.settings.site import Endpoint, Partner
from gateway.settings.site_file import read_site_file
from gateway.yaml_source import MarkedMap, MarkedText, Node, load

T = TypeVar("T")
Schema = dict[str, Any]

#: A name that stands for those of a site: a choice among them is open.
_ANY: Final = "*"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
#: YAML calls some texts numbers or booleans; a site takes each as it is written.
_TEXT: Final = ("string", "number", "boolean")


class _Noted(Section):
    """A section in which nothing stands, that notes what it is asked for; `given` are answers that others hang on."""

    def __init__(self, what: str, given: Mapping[str, str] | None = None) -> None:
        node = load(b"{}", "schema", SettingsError)
        if not isinstance(node, MarkedMap):
            raise TypeError("an empty mapping is one")
        super().__init__(node, Faults(), what)
        self.given = given or {}
        self.properties: dict[str, Callable[[], Schema]] = {}
        self.needed: list[str] = []
        self.looked_at: set[str] = set()

    def schema(self) -> Schema:
        """Return the schema of what was asked for."""
        made: Schema = {
            "type": "object",
            "properties": {key: self._either(key, one()) for key, one in self.properties.items()},
            "additionalProperties": False,
        }
        if self.needed:
            made["required"] = self.needed
        return made

    def _either(self, key: str, schema: Schema) -> Schema:
        """Return the schema of a key whose value may be a text or a mapping, where the reader looks which it is."""
        if key not in self.looked_at:
            return schema
        return {"anyOf": [_text(), schema if schema.get("type") == "object" else {"type": "object"}]}

    def _note(self, key: str, schema: Callable[[], Schema], *, needed: bool = False) -> None:
        self.asked[key] = None
        self.properties[key] = schema
        if needed and key not in self.needed:
            self.needed.append(key)

    def get(self, key: str) -> Node | None:
        self.looked_at.add(key)
        self.properties.setdefault(key, _text)
        return None

    def text(self, key: str, default: str | None = None) -> str:
        self._note(key, _text, needed=default is None or key in self.given)
        return self.given.get(key, default or "")

    def texts(self, key: str, *, required: bool = False) -> list[MarkedText]:
        self._note(key, lambda: {"anyOf": [_text(), {"type": "array", "items": _text()}]}, needed=required)
        return []

    def parsed(self, key: str, parse: Callable[[str], T], default: T) -> T:  # noqa: ARG002  # as it is called
        self._note(key, _text)
        return default

    def required(self, key: str, parse: Callable[[str], T], stand_in: T) -> T:  # noqa: ARG002  # as it is called
        self._note(key, _text, needed=True)
        return stand_in

    def flag(self, key: str, *, default: bool) -> bool:
        self._note(key, lambda: {"enum": [True, False, "yes", "no", "on", "off"]})
        return default

    def choice(self, key: str, names: Iterable[str], default: str | None = None) -> str:
        known = [str(one) for one in names]
        given = self.given.get(key)
        only: list[str | int] = [*known] if given is None else [given]
        only += [int(one) for one in known if one.isdigit()]
        self._note(key, lambda: _text() if _ANY in only else {"enum": only}, needed=default is None)
        return given if given is not None else default or ""

    def section(self, key: str, what: str) -> Section | None:
        below = _Noted(what)
        self._note(key, below.schema)
        return below

    def sections(self, key: str, what: str) -> list[Section]:
        below = _Noted(what)
        self._note(key, lambda: {"anyOf": [below.schema(), {"type": "array", "items": below.schema()}]})
        return [below]

    def table(self, key: str) -> dict[MarkedText, MarkedText]:
        self._note(key, lambda: {"type": "object", "additionalProperties": _text()})
        return {}


def schemas(trigger: TriggerReader) -> dict[str, Schema]:
    """Return the schema of each kind of file by its name: site, partner, endpoint, agreement."""
    folder = Path("site")
    secrets = SecretSource(folder, {})
    site, partner, agreement = _Noted("site"), _Noted("partner"), _Noted("agreement")
    read_site_file(site, secrets)
    read_partner(partner, secrets)
    known = References((), {_ANY: Partner(_ANY, "")}, {_ANY: Endpoint(_ANY, _ANY, _ANY, None)}, trigger)
    read_agreement(agreement, known)
    found = {
        "site": site.schema(),
        "partner": partner.schema(),
        "endpoint": {"anyOf": _endpoints(Surroundings(folder, (), secrets))},
        "agreement": agreement.schema(),
    }
    return {
        name: {"$schema": _DIALECT, "$id": f"urn:pierhead:site:{name}", "title": f"Pierhead: {name}", **schema}
        for name, schema in found.items()
    }


def _endpoints(around: Surroundings) -> list[Schema]:
    """Return the schema of an endpoint for each transport and receiver that is installed."""
    wires = Wires.installed()
    made = []
    for direction, names in (("send_to", wires.transports), ("receive_from", wires.receivers)):
        for name in names:
            section = _Noted("endpoint", {"transport": name, direction: "x"})
            read_endpoint(section, around, (_ANY,), wires)
            schema = section.schema()
            other = "receive_from" if direction == "send_to" else "send_to"
            schema["properties"].pop(other, None)
            made.append(schema)
    return made


def _text() -> Schema:
    return {"type": list(_TEXT)}
