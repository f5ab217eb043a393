"""What a name at the counterparty may hold of a delivery: `orders.{kind}.{name}`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from gateway.model.stages import Delivery
from gateway.transports.names import key_digest, safe_name
from gateway.yaml_source import nearest

#: Each value is of letters, digits, '.', '_' and '-'.
PLACEHOLDERS: Final[Mapping[str, Callable[[Delivery], str]]] = MappingProxyType(
    {
        "kind": lambda delivery: safe_name(delivery.kind),
        "name": lambda delivery: safe_name(delivery.name),
        "agreement": lambda delivery: safe_name(delivery.agreement),
        "endpoint": lambda delivery: safe_name(delivery.endpoint),
        "key": lambda delivery: key_digest(delivery.key),
    }
)


def filled(pattern: str, delivery: Delivery) -> str:
    """Return a pattern with what a delivery says in the place of each placeholder."""
    return re.sub(r"\{(\w+)\}", lambda found: PLACEHOLDERS[found[1]](delivery), pattern)


def words(pattern: str, delivery: Delivery) -> str:
    """Return the same where dots part words: each value is one word, whatever the name of a delivery is."""
    return re.sub(r"\{(\w+)\}", lambda found: PLACEHOLDERS[found[1]](delivery).replace(".", "_"), pattern)


def bare(pattern: str, what: str) -> str:
    """Return what a pattern holds beside its placeholders; raises `ValueError` at one that there is not."""
    for found in re.findall(r"\{([^{}]*)\}", pattern):
        if found not in PLACEHOLDERS:
            raise ValueError(f"a {what} has no '{{{found}}}'{nearest(found, PLACEHOLDERS)}: {', '.join(PLACEHOLDERS)}")
    return re.sub(r"\{\w+\}", "", pattern)
