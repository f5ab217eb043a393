"""Between documents: what two of them say of the same cargo, as findings, and documents derived from one. Pure."""

from gateway.relations.comparison import Comparison, Difference
from gateway.relations.dangerous_list import dangerous_goods_list
from gateway.relations.table import COMPARISONS, compare

__all__ = ["COMPARISONS", "Comparison", "Difference", "compare", "dangerous_goods_list"]
