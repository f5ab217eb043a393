"""Reading a site folder: all of it or nothing, with every fault in one report.

    site.yaml  partners/*.yaml  endpoints/*.yaml  agreements/*.yaml  [zones/*.geojson]  [mappings/]

docs/reference/site.md describes every key. Nothing is created and nothing is connected to.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, TypeVar

from gateway.errors import SettingsError
from gateway.model.access import ApiKey
from gateway.plugin import Trigger
from gateway.routing.agreement import Agreement
from gateway.section import Faults, SecretSource, Section, Surroundings
from gateway.settings.agreement_file import References, TriggerReader, read_agreement
from gateway.settings.endpoint_file import Wires, read_endpoint
from gateway.settings.partner_file import read_partner
from gateway.settings.site import Endpoint, Partner, Site
from gateway.settings.site_file import read_site_file
from gateway.settings.zone_folder import read_zones
from gateway.yaml_source import Mark, MarkedMap, load, nearest

_AT_ONCE = "at once"  # what a route without a trigger means


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Named)


def load_site(
    folder: Path,
    *,
    environ: Mapping[str, str] | None = None,
    triggers: Mapping[str, Callable[[str], Trigger]] | None = None,
) -> Site:
    """Return the settings of a site folder.

    Args:
        folder: the site folder.
        environ: where secrets by `env` are looked up; the process's environment when not given.
        triggers: for each name that a route's `trigger` may start with, what reads the rest of the text;
            the entry points of group `pierhead.triggers` when not given.

    Raises:
        SettingsError: a line for each fault: file:line:column, what is wrong, the fix.
    """
    faults = Faults()
    secrets = SecretSource(folder, os.environ if environ is None else environ)
    top = _read(folder, folder / "site.yaml", faults, "site")
    if top is None:
        faults.close()
        raise SettingsError(f"{folder / 'site.yaml'}: is missing: a site starts with it")
    site = read_site_file(top, secrets)
    partners = _all(folder, "partners", "partner", faults, lambda section: read_partner(section, secrets))
    around, wires = Surroundings(folder, site.folders, secrets), Wires.installed()
    endpoints = _all(
        folder, "endpoints", "endpoint", faults, lambda section: read_endpoint(section, around, tuple(partners), wires)
    )
    trigger = installed_trigger_reader() if triggers is None else trigger_reader(triggers)
    known = References(site.identities, partners, endpoints, trigger)
    agreements = _all(folder, "agreements", "agreement", faults, lambda section: read_agreement(section, known))
    zones = read_zones(folder, faults)
    _check_identifiers(partners.values(), faults)
    _check_keys(partners.values(), site.operators, agreements, faults)
    _check_owners(endpoints.values(), faults)
    _check_overlaps(tuple(agreements.values()), faults)
    faults.close()
    return Site(
        folder=folder.resolve(),
        name=site.name,
        identities=site.identities,
        store=site.store,
        listen=site.listen,
        limits=site.limits,
        timing=site.timing,
        partners=MappingProxyType(partners),
        endpoints=MappingProxyType(endpoints),
        agreements=tuple(agreements.values()),
        zones=zones,
        retention=site.retention,
        operators=site.operators,
    )


def trigger_reader(triggers: Mapping[str, Callable[[str], Trigger]]) -> TriggerReader:
    """Return what reads `at once` or `after 15 min`: the longest known name first, then its own text.

    A name in the middle, as in `24 h before loading`, is given the whole text.
    """

    def read(text: str) -> Trigger:
        for name in sorted(triggers, key=len, reverse=True):
            if text == name or text.startswith(f"{name} "):
                return triggers[name](text[len(name) :].strip())
        for name in triggers:
            if f" {name} " in text:
                return triggers[name](text)
        raise ValueError(f"'{text}' is no trigger: it starts with {', '.join(triggers)}{nearest(text, triggers)}")

    return read


def installed_trigger_reader() -> TriggerReader:
    """Return what reads the triggers that are installed."""
    return trigger_reader(_installed_triggers())


def _installed_triggers() -> dict[str, Callable[[str], Trigger]]:
    found = {entry.name: entry.load().parse for entry in entry_points(group="pierhead.triggers")}
    if _AT_ONCE not in found:
        raise SettingsError("the trigger 'at once' is not installed: install pierhead again, so that it is found")
    return found


def _read(folder: Path, path: Path, faults: Faults, what: str) -> Section | None:
    """Return the top mapping of a file, or None with the fault noted."""
    shown = str(path.relative_to(folder))
    try:
        node = load(path.read_bytes(), shown, SettingsError)
    except OSError as error:
        faults.file(f"{shown}: cannot be read: {error.strerror}")
        return None
    except SettingsError as error:
        faults.file(str(error))
        return None
    if isinstance(node, MarkedMap):
        return Section(node, faults, what)
    faults.at(node.mark, f"a {what} file is a mapping of 'key: value' lines")
    return None


def _all(folder: Path, kind: str, what: str, faults: Faults, read: Callable[[Section], N]) -> dict[str, N]:
    """Read every file of one kind, in order of name, by id."""
    found: dict[str, N] = {}
    places: dict[str, Mark] = {}
    for path in sorted((folder / kind).glob("[!.]*")):
        if path.suffix != ".yaml":
            if path.suffix == ".yml":
                faults.file(f"{path.relative_to(folder)}: would not be read: name it {path.stem}.yaml")
            continue
        section = _read(folder, path, faults, what)
        if section is None:
            continue
        item = read(section)
        mark = section.where("id")
        if item.id in found:
            faults.at(mark, f"the {what} '{item.id}' is already defined at {places[item.id]}: choose another id")
        elif item.id:
            found[item.id], places[item.id] = item, mark
    return found


def _check_identifiers(partners: Iterable[Partner], faults: Faults) -> None:
    """An identifier, an API key or the name of a certificate means one partner."""
    owners: dict[object, str] = {}
    for partner in partners:
        for value in (*partner.identifiers, *partner.api_key_digests, *partner.certificates):
            owner = owners.setdefault(value, partner.id)
            if owner != partner.id:
                what = (
                    "an API key"
                    if isinstance(value, bytes)
                    else f"the {'certificate name' if isinstance(value, str) else 'identifier'} {value}"
                )
                faults.file(f"partners: {owner} and {partner.id} share {what}: it must mean one partner")


def _check_keys(
    partners: Iterable[Partner], operators: Iterable[ApiKey], agreements: Mapping[str, Agreement], faults: Faults
) -> None:
    """A key names agreements that there are, and an operator's key is nobody else's."""
    digests = {digest for partner in partners for digest in partner.api_key_digests}
    for key in (key for partner in partners for key in partner.api_keys):
        for name in sorted(key.agreements - agreements.keys()):
            faults.file(f"partners: an API key of {key.partner} names no agreement '{name}'{nearest(name, agreements)}")
    for operator in operators:
        if operator.digest in digests:
            faults.file(f"site.yaml: operator {operator.name} shares an API key with a partner: make another one")
        digests.add(operator.digest)


def _check_owners(endpoints: Iterable[Endpoint], faults: Faults) -> None:
    """What one endpoint writes, another must not take in, and two must not share."""
    owners: dict[str, str] = {}
    for endpoint in endpoints:
        owned = "" if endpoint.way is None else endpoint.way.owns
        if owned and owners.setdefault(owned, endpoint.id) != endpoint.id:
            faults.file(f"endpoints: {owners[owned]} and {endpoint.id} share {owned}: give each its own")


def _check_overlaps(agreements: tuple[Agreement, ...], faults: Faults) -> None:
    """One message falls under one agreement."""
    for number, one in enumerate(agreements):
        for other in agreements[number + 1 :]:
            if (one.sender.partner, one.recipient.partner, one.test) != (
                other.sender.partner,
                other.recipient.partner,
                other.test,
            ):
                continue
            shared = [str(accepted) for accepted in one.accepts if any(map(accepted.overlaps, other.accepts))]
            if shared:
                faults.file(
                    f"agreements: {one.id} and {other.id} both take {', '.join(shared)} "
                    f"from {one.sender.partner} to {one.recipient.partner}: leave it to one of them"
                )
