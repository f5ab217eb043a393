"""Libraries that only some sites need: imported when an endpoint needs them, and named when they are missing."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from gateway.errors import SettingsError


def require(module: str, extra: str) -> ModuleType:
    """Return a module; raises `SettingsError` that names the extra to install where it is missing."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise SettingsError(f"this endpoint needs {error.name}: install pierhead[{extra}]") from error
