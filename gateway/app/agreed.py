"""What agreements name and only adapters know: refused before a site starts, rather than passed over when it runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from gateway.errors import SettingsError
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
