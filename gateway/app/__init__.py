"""Builds everything from settings and entry points: the only package that knows what is plugged in.

`parts` and `service`, which bring the store and the transports with them, are imported by whoever runs a site;
converting and validating need only what is handed on here.
"""

from gateway.app.catalogue import adapters, map_files, own_maps, standards, tune
from gateway.app.clock import new_id, now

__all__ = ["adapters", "map_files", "new_id", "now", "own_maps", "standards", "tune"]
