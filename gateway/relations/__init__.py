"""What one document says of another: findings where they disagree, and documents that follow from others. Pure."""

from gateway.relations.comparison import Comparison, Difference
from gateway.relations.table import COMPARISONS, compare

__all__ = ["COMPARISONS", "Comparison", "Difference", "compare"]
