"""The samples: inside the package when installed, beside it in a checkout."""

from __future__ import annotations

import re
import secrets
import shutil
from importlib.resources import files
from pathlib import Path

from gateway.errors import SettingsError

_KEY_FILE = re.compile(r"^\s*(?:-\s*)?file:\s*(\S+)\s*$", re.MULTILINE)


def samples() -> Path:
    """Return the samples folder: <standard>/<message>/<case>.edi, .xml or .json, and an example site."""
    package = Path(str(files("gateway")))
    packaged = package / "samples"
    return packaged if packaged.is_dir() else package.parent / "samples"


def mappings() -> Path:
    """Return the folder of the shipped maps."""
    return Path(str(files("mappings")))


def copy_example_site(folder: Path) -> tuple[Path, ...]:
    """Copy the example site to a folder that does not exist yet, and make the key files it names.

    Returns the key files made. Raises `SettingsError` when there is something at `folder`.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingsError(f"{folder}: is already there: choose another folder, so that nothing is overwritten")
    shutil.copytree(samples() / "site", folder, dirs_exist_ok=True)
    named = (name for path in sorted(folder.rglob("*.yaml")) for name in _KEY_FILE.findall(path.read_text("utf-8")))
    return tuple(_new_key(folder / name) for name in dict.fromkeys(named))


def _new_key(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    path.write_text(secrets.token_urlsafe(32), encoding="ascii")
    return path
