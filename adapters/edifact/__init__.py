"""UN/EDIFACT: bytes to placed segments and back, the checks of ISO 9735 and of the directories, and CONTRL."""

from adapters.edifact.adapter import EdifactAdapter
from adapters.edifact.reader import read, validate

__all__ = ["EdifactAdapter", "read", "validate"]
