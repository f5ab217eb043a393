"""The dangerous goods on board, taken from a stowage plan."""

from __future__ import annotations

from gateway.model.stowage_plan import StowagePlan
from gateway.relations.stowage_manifest import stowed


def dangerous_goods_list(plan: StowagePlan) -> StowagePlan:
    """Return the plan with the equipment that has dangerous goods in it, and nothing else; instructions are dropped."""
    dangerous = tuple(unit for _, unit in stowed(plan) if unit.dangerous_goods)
    return plan.model_copy(update={"equipment": dangerous, "instructions": ()})
