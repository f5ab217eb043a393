"""What agreements name and only adapters and maps know: told before a site starts, rather than when it runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from gateway.errors import SettingsError
from gateway.mapping.checking import type_of
from gateway.mapping.registry import Registry
from gateway.plugin import Adapter
from gateway.routing import Agreement
from gateway.yaml_source import nearest


def unknown_profiles(agreements: Iterable[Agreement], adapters: Mapping[str, Adapter]) -> Iterator[str]:
    """Yield a fault for each profile that an agreement names and no adapter has."""
    known = sorted({overlay.profile for adapter in adapters.values() for overlay in adapter.overlays()})
    for agreement in agreements:
        for profile in agreement.conventions.profiles:
            if profile not in known:
                where = f"agreement {agreement.id}, syntax.profiles"
                yield f"{where}: there is no profile {profile!r}{nearest(profile, known)}"


def refuse_unknown_profiles(agreements: Iterable[Agreement], adapters: Mapping[str, Adapter]) -> None:
    """Raise `SettingsError` with every such fault."""
    faults = list(unknown_profiles(agreements, adapters))
    if faults:
        raise SettingsError("\n".join(faults))


def unread_types(agreements: Iterable[Agreement], registry: Registry) -> Iterator[str]:
    """Yield a warning for each message type that an agreement takes and no map reads; CONTRL needs none."""
    read = [type_of(entry, version) for entry in registry.entries() for version in entry.versions]
    for agreement in agreements:
        for accepted in agreement.accepts:
            if accepted.name != "CONTRL" and not any(replace(accepted, association="").takes(one) for one in read):
                why = "such messages are rejected with PH-4003"
                yield f"agreement {agreement.id}, accepts: no map reads {accepted}, so {why}; add a map"
