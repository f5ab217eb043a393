"""A site's YAML, read key by key: typed values out, every fault with its place, secrets by name only.

Used by `gateway.settings` for what every site has, and by each transport for the keys of its own endpoints.
"""

from gateway.section.secret import Secret, SecretSource, key_digest
from gateway.section.section import Faults, Section
from gateway.section.surroundings import Surroundings

__all__ = ["Faults", "Secret", "SecretSource", "Section", "Surroundings", "key_digest"]
