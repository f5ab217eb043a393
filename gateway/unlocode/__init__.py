"""The ports of UN/LOCODE: which there are, what they are called and where they lie."""

from gateway.unlocode.ports import EDITION, Place, codes, places

__all__ = ["EDITION", "Place", "codes", "places"]
