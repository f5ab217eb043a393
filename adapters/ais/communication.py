"""The communication state of a message, 19 bits: how its sender takes turns (ITU-R M.1371-5, annex 2)."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.ais.layout import Access


@dataclass(frozen=True, slots=True)
class Sotdma:
    """Self-organised turns; of the last four, the one that `slot_timeout` selects is there."""

    sync_state: int
    slot_timeout: int
    received_stations: int | None = None
    slot_number: int | None = None
    utc_hour: int | None = None
    utc_minute: int | None = None
    slot_offset: int | None = None


@dataclass(frozen=True, slots=True)
class Itdma:
    """Incremental turns."""

    sync_state: int
    slot_increment: int
    slots_to_allocate: int
    keep: bool


Communication = Sotdma | Itdma


def communication(access: Access, radio: int) -> Communication:
    """Return what 19 bits say by that access scheme."""
    sync_state = radio >> 17
    if access is Access.ITDMA:
        return Itdma(sync_state, radio >> 4 & 0x1FFF, radio >> 1 & 7, bool(radio & 1))
    timeout, submessage = radio >> 14 & 7, radio & 0x3FFF
    if timeout == 0:
        return Sotdma(sync_state, timeout, slot_offset=submessage)
    if timeout == 1:
        return Sotdma(sync_state, timeout, utc_hour=submessage >> 9, utc_minute=submessage >> 2 & 0x7F)
    if timeout % 2:
        return Sotdma(sync_state, timeout, received_stations=submessage)
    return Sotdma(sync_state, timeout, slot_number=submessage)
