"""What a feed put aside: how much for each reason, and the latest of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from adapters.ais.reasons import Reason

#: So many bytes of a line or message are kept.
LONGEST_SAMPLE = 1024


class PutAside:
    """Counts and samples of one feed, since its start."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._samples: dict[str, bytes] = {}

    def add(self, found: Iterable[tuple[int, Reason, bytes]]) -> None:
        """Count what was put aside, given in order as record, reason and content."""
        for _, reason, content in found:
            self._counts[reason.value] += 1
            self._samples[reason.value] = content[:LONGEST_SAMPLE]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many there were for each reason."""
        return dict(self._counts)

    @property
    def samples(self) -> Mapping[str, bytes]:
        """The latest for each reason."""
        return dict(self._samples)
