"""What ships do, from what they send: zones of the site, destinations, tracks and events. Pure."""

from gateway.vessels.destinations import Gazetteer
from gateway.vessels.seen import Seen
from gateway.vessels.watch import Watch
from gateway.vessels.zones import Zones

__all__ = ["Gazetteer", "Seen", "Watch", "Zones"]
