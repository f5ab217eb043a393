"""The one clock of the process, and the ids that are made from it: handed to everything that needs them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime


def now() -> datetime:
    """Return the current time, aware, UTC: the one clock of the process."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return a new arrival id: time-ordered, so that listings are too."""
    return f"{now():%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:12]}"
