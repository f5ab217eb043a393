"""What idle workers wait for: a ring wakes one of them, and is kept for the next where nobody waits."""

from __future__ import annotations

from threading import Condition


class Bell:
    """Rings are not counted: whoever is woken looks for all that is due, and rings again if there may be more."""

    def __init__(self) -> None:
        self._condition = Condition()
        self._rung = False
        self._silenced = False

    def ring(self) -> None:
        """Wake one who waits, or whoever is the next to."""
        with self._condition:
            self._rung = True
            self._condition.notify()

    def wait(self, seconds: float) -> None:
        """Wait for a ring, for so long at most."""
        with self._condition:
            if not self._rung and not self._silenced:
                self._condition.wait(seconds)
            self._rung = False

    def silence(self) -> None:
        """Wake all who wait, and let nobody wait again."""
        with self._condition:
            self._silenced = True
            self._condition.notify_all()
