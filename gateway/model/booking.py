"""Booking: space asked for on a ship, and what the carrier answers (IFTMBF, IFTMBC)."""

from __future__ import annotations

from gateway.model.base import CodeName
from gateway.model.carriage import Carriage


class Booking(Carriage):
    """A firm booking or its confirmation; `operation` says which, `answer` what became of it."""

    operation: CodeName | None = None
    answer: CodeName | None = None
