"""Typed settings and the site folder, read once."""

from gateway.settings.loading import load_site, trigger_reader
from gateway.settings.secret import Secret, key_digest
from gateway.settings.site import (
    Endpoint,
    FolderSource,
    FolderTarget,
    HttpTarget,
    Limits,
    Listen,
    Partner,
    Retry,
    Site,
    Timing,
)

__all__ = [
    "Endpoint",
    "FolderSource",
    "FolderTarget",
    "HttpTarget",
    "Limits",
    "Listen",
    "Partner",
    "Retry",
    "Secret",
    "Site",
    "Timing",
    "key_digest",
    "load_site",
    "trigger_reader",
]
