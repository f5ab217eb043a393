"""Secrets: named in the site by environment variable or file, never written in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gateway.section.section import Section
from gateway.section.values import inside


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that does not show itself in logs, dumps or tracebacks."""

    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SecretSource:
    """Where secrets may come from: the environment, and files (relative ones inside the site)."""

    folder: Path
    environ: Mapping[str, str]

    def read(self, section: Section) -> Secret | None:
        """Return the secret that a section names by `env` or `file`; None, with a fault noted, when there is none."""
        variable, file = section.text("env", ""), section.text("file", "")
        if bool(variable) == bool(file):
            section.faults.at(section.mark, f"the {section.what} needs either 'env' or 'file'")
            return None
        value = self._from_environment(section, variable) if variable else self._from_file(section, file)
        if value is None:
            return None
        if not re.fullmatch(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?", value):
            section.fault("env" if variable else "file", "the secret must be one line of printable ASCII")
            return None
        return Secret(value)

    def _from_environment(self, section: Section, variable: str) -> str | None:
        value = self.environ.get(variable, "").strip()
        if not value:
            section.fault("env", f"the environment variable {variable} is not set: set it before starting")
            return None
        return value

    def _from_file(self, section: Section, file: str) -> str | None:
        try:
            path = Path(file) if Path(file).is_absolute() else inside(self.folder, file)
            value = path.read_text("utf-8").strip()
        except OSError as error:
            section.fault("file", f"the secret file {file} cannot be read: {error.strerror}")
        except UnicodeDecodeError:
            section.fault("file", f"the secret file {file} is no text")
        except ValueError as error:
            section.fault("file", str(error))
        else:
            if value:
                return value
            section.fault("file", f"the secret file {file} is empty")
        return None


def key_digest(key: str) -> bytes:
    """Return the SHA-256 by which an API key is kept and compared. API keys are long and random."""
    return hashlib.sha256(key.encode()).digest()
