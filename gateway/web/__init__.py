"""What is served over HTTP beside taking messages in: their life, search, replay and figures."""

from gateway.web.api import Api
from gateway.web.desk import Desk

__all__ = ["Api", "Desk"]
