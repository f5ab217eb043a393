"""Code lists, identifiers and business rules over canonical documents: pure, and never an exception for data."""

from gateway.validation.check import check
from gateway.validation.rule import Fault, Rule
from gateway.validation.table import rules

__all__ = ["Fault", "Rule", "check", "rules"]
