"""A profile: one authority's dialect of WCO XML, as data. Schemas, namespaces, envelope and date style; no code.

A profile is a folder with a `profile.toml` and the schemas it names. Ours is `xsd/pierhead`; another is added by
adding a folder (docs/reference/wco-profiles.md).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from gateway.errors import SettingsError
from gateway.model.stages import MessageType

STANDARD = "wco"
PROFILE_FILE = "profile.toml"
OWN = "pierhead"
#: How documents are written: alone, in an envelope, or as text in the body of a SOAP envelope.
STYLES = ("none", "enveloped", "SOAP")
#: What a value of the envelope's head may name, in braces; the rest of it is written as it is.
PLACEHOLDERS = ("type_name", "reference", "sender", "recipient", "prepared")


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One message of a profile: its document element, schema, and where the document names who exchanges it.

    `reference`, `sender` and `recipient` are paths below the document element; the first that is there counts.
    `accepts` are namespaces that are read as this message's own, with a finding. `when` are the values that tell
    this message from others of its document element and namespace; `header` are values of the envelope's head that
    are this message's own.
    """

    name: str
    version: str
    root: str
    namespace: str
    schema: str
    type_name: str = ""
    accepts: frozenset[str] = frozenset()
    reference: tuple[str, ...] = ()
    sender: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()
    when: tuple[tuple[str, tuple[str, ...]], ...] = ()
    header: tuple[tuple[str, str], ...] = ()
    multiline: bool = True


@dataclass(frozen=True, slots=True)
class EnvelopeStyle:
    """The envelope of a profile: `style` is how documents are written, the rest what an envelope looks like.

    `header` are names and values in the order of the schema; they stand in the element `head`, where there is one.
    `operation` is what stands in a SOAP body: full tags, from the outermost to the one that holds the text.
    """

    style: str = "none"
    root: str = ""
    namespace: str = ""
    schema: str = ""
    communication: bool = False
    head: str = ""
    header: tuple[tuple[str, str], ...] = ()
    operation: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """One authority's dialect. `files` are the schemas by file name; `formats` the formatCodes that may be written."""

    name: str
    version: str
    messages: tuple[DocumentKind, ...]
    envelope: EnvelopeStyle
    formats: frozenset[str]
    tables: Mapping[str, str]
    files: Mapping[str, bytes]

    def kind(self, name: str) -> DocumentKind | None:
        """Return the message of this name, or None."""
        return next((kind for kind in self.messages if kind.name == name), None)

    def has_root(self, root: str) -> bool:
        """Whether a message has a document element of this local name."""
        return any(kind.root == root for kind in self.messages)

    def type_of(self, kind: DocumentKind) -> MessageType:
        """Return the message type of one message: the profile's name is the association."""
        return MessageType(STANDARD, kind.name, kind.version, association=self.name)


def from_files(files: Mapping[str, bytes]) -> Profile:
    """Return the profile that a folder's files make, by file name; raises `SettingsError` saying what is wrong."""
    if PROFILE_FILE not in files:
        raise SettingsError(f"a profile needs a {PROFILE_FILE}, and there is none")
    try:
        settings = tomllib.loads(files[PROFILE_FILE].decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{PROFILE_FILE} cannot be read: {error}") from error
    name = _text(settings, "name", PROFILE_FILE)
    multiline = bool(settings.get("texts", {}).get("paragraphs", True))
    messages = tuple(_kind(entry, name, multiline=multiline) for entry in settings.get("messages", ()))
    envelope = _envelope(settings.get("envelope", {}), name)
    schemas = [kind.schema for kind in messages] + ([envelope.schema] if envelope.schema else [])
    for schema in schemas:
        if schema not in files:
            raise SettingsError(f"profile {name} names the schema {schema}, which is not beside its {PROFILE_FILE}")
    if not messages:
        raise SettingsError(f"profile {name} names no messages")
    return Profile(
        name=name,
        version=_text(settings, "version", name),
        messages=messages,
        envelope=envelope,
        formats=frozenset(settings.get("dates", {}).get("formats", ())),
        tables=MappingProxyType(dict(settings.get("tables", {}))),
        files=MappingProxyType(dict(files)),
    )


@cache
def built_in(name: str = OWN) -> Profile:
    """Return a profile that is shipped in the `xsd` package; raises `SettingsError` when there is none of that name."""
    folder = resources.files("xsd") / name
    if not folder.is_dir():
        raise SettingsError(f"no profile {name!r} is shipped")
    return from_files({entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.is_file()})


@cache
def shipped() -> tuple[Profile, ...]:
    """Return every profile of the `xsd` package: the project's own first, the others by name."""
    names = sorted(entry.name for entry in resources.files("xsd").iterdir() if (entry / PROFILE_FILE).is_file())
    return tuple(built_in(name) for name in sorted(names, key=lambda name: (name != OWN, name)))


def _text(settings: Mapping[str, Any], key: str, where: str) -> str:
    value = settings.get(key)
    if not isinstance(value, str) or not value:
        raise SettingsError(f"{where}: {key} must be a text")
    return value


def _kind(entry: Mapping[str, Any], profile: str, *, multiline: bool) -> DocumentKind:
    texts = {key: _text(entry, key, f"profile {profile}, messages") for key in ("name", "root", "namespace", "schema")}
    when = entry.get("when", {})
    return DocumentKind(
        **texts,
        version=str(entry.get("version", "1")),
        type_name=str(entry.get("type_name", "")),
        accepts=frozenset(entry.get("accepts", ())),
        reference=tuple(entry.get("reference", ())),
        sender=tuple(entry.get("sender", ())),
        recipient=tuple(entry.get("recipient", ())),
        when=tuple((path, tuple([values] if isinstance(values, str) else values)) for path, values in when.items()),
        header=_header(entry, f"profile {profile}, message {texts['name']}"),
        multiline=multiline,
    )


def _header(entry: Mapping[str, Any], where: str) -> tuple[tuple[str, str], ...]:
    """Return the values of an envelope's head; raises `SettingsError` for a placeholder that nothing fills."""
    header = tuple((name, str(value)) for name, value in entry.get("header", {}).items())
    for name, value in header:
        for placeholder in re.findall(r"\{(\w*)\}", value):
            if placeholder not in PLACEHOLDERS:
                known = ", ".join(PLACEHOLDERS)
                raise SettingsError(f"{where}: {name} names {{{placeholder}}}, which is not one of {known}")
    return header


def _envelope(entry: Mapping[str, Any], profile: str) -> EnvelopeStyle:
    style = entry.get("style", "none")
    if style not in STYLES:
        raise SettingsError(f"profile {profile}: the envelope style {style!r} is not one of {', '.join(STYLES)}")
    if (style == "enveloped" or entry.get("root")) and not all(entry.get(key) for key in ("root", "schema")):
        raise SettingsError(f"profile {profile}: an envelope needs root, namespace and schema")
    if style == "SOAP" and not entry.get("operation"):
        raise SettingsError(f"profile {profile}: in SOAP the operation must be named that holds the document")
    return EnvelopeStyle(
        style=style,
        root=str(entry.get("root", "")),
        namespace=str(entry.get("namespace", "")),
        schema=str(entry.get("schema", "")),
        communication=bool(entry.get("communication", False)),
        head=str(entry.get("head", "")),
        header=_header(entry, f"profile {profile}, envelope"),
        operation=tuple(entry.get("operation", ())),
    )
