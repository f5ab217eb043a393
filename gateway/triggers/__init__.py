"""When a delivery is due. Found by entry point (group `pierhead.triggers`), named as a route spells them."""

from gateway.triggers.at_once import AtOnce
from gateway.triggers.before import Before
from gateway.triggers.cron import Cron
from gateway.triggers.delay import Delay
from gateway.triggers.every import Every
from gateway.triggers.on_event import OnEvent

__all__ = ["AtOnce", "Before", "Cron", "Delay", "Every", "OnEvent"]
