"""The numbers by which events are told from movements, with the defaults of practice; a zone may have its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Rules:
    """Thresholds, each with its unit in its name. Those of the first group are what `Zone.thresholds` may name."""

    enter_fixes: float = 3  # so many fixes within a zone, or
    enter_minutes: float = 2  # so long within it, and she is in; the same beyond its margin, and she has left
    stop_knots: float = 0.2
    leave_knots: float = 0.5
    stop_minutes: float = 5  # at a berth
    gap_minutes: float = 240  # silence in port

    lateness_seconds: float = 10  # how long a fix is held back for one that was sent before it
    copy_seconds: float = 60  # within which the same transmission from another station is a copy; at least half of it
    forget_days: float = 30

    plausible_knots: float = 60
    plausible_cargo_knots: float = 40  # ship types 70 to 89
    plausible_nm: float = 0.5  # a shorter step is never implausible
    stray_minutes: float = 10  # within which a second position at an implausible place makes it hers
    split_nm: float = 5  # between two tracks that are taken for two ships

    ring_exit_nm: float = 1  # how far outside a ring a ship must be to cross it again
    inbound_degrees: float = 90  # between her course and the bearing of the port

    eta_minutes: float = 30
    draught_metres: float = 0.3
    length_metres: float = 5  # dimensions are set by hand: what differs less is one ship
    destination_confidence: float = 0.6  # below it, a text is not taken for a port
    join_minutes: float = 10  # between 24A and 24B of one ship

    gap_intervals: float = 20  # reports in a row that were expected and did not come, and
    gap_least_minutes: float = 30  # so long at least

    slow_knots: float = 2
    fast_minutes: float = 30  # at more than that, she is slow no more
    slow_break_minutes: float = 60  # a silence that ends what is known of her slowness
    loitering_hours: float = 4
    loitering_off_nm: float = 20
    rendezvous_metres: float = 500
    rendezvous_hours: float = 2
    rendezvous_off_nm: float = 10

    def within(self, thresholds: Mapping[str, float]) -> Rules:
        """Return the rules where some numbers are others; raises `TypeError` for a name that is none of them."""
        return replace(self, **thresholds) if thresholds else self


DEFAULT: Final = Rules()
