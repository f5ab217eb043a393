"""Typed settings and the site folder, read once."""

from gateway.settings.difference import changes, fixed
from gateway.settings.loading import load_site, trigger_reader
from gateway.settings.site import (
    Endpoint,
    Limits,
    Listen,
    Partner,
    Retry,
    Site,
    Timing,
    Way,
)

__all__ = [
    "Endpoint",
    "Limits",
    "Listen",
    "Partner",
    "Retry",
    "Site",
    "Timing",
    "Way",
    "changes",
    "fixed",
    "load_site",
    "trigger_reader",
]
