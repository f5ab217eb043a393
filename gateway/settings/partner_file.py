"""`partners/*.yaml`: who they are in envelopes, and by which API keys we know them."""

from __future__ import annotations

from gateway.model.identifiers import is_imo_number
from gateway.model.stages import Party
from gateway.section.secret import SecretSource
from gateway.section.section import Section
from gateway.section.values import name, party
from gateway.settings.api_key import read_partner_key
from gateway.settings.site import Partner
from gateway.transports.certificate_names import certificate_name

US = "us"


def read_partner(section: Section, secrets: SecretSource) -> Partner:
    """Read one partner."""
    id_ = section.required("id", name, "")
    if id_ == US:
        section.fault("id", "'us' means this gateway itself: choose another id")
    made = Partner(
        id=id_,
        name=section.text("name", id_),
        identifiers=tuple(section.read(text.mark, text, party, Party(text)) for text in section.texts("identifiers")),
        api_keys=tuple(
            made
            for key in section.sections("api_keys", "API key")
            if (made := read_partner_key(key, secrets, id_)) is not None
        ),
        certificates=tuple(
            section.read(text.mark, text, certificate_name, "") for text in section.texts("certificates")
        ),
        fleet=tuple(section.read(text.mark, text, _imo, "") for text in section.texts("fleet")),
    )
    section.done()
    return made


def _imo(text: str) -> str:
    """Read an IMO number: seven digits, the last of which checks the others."""
    if not is_imo_number(text):
        raise ValueError(f"'{text}' is no IMO number: write its seven digits alone")
    return text
