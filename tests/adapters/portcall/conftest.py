"""What every test of the JSON adapter needs: the samples, and one reading of bytes or of a changed sample."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
