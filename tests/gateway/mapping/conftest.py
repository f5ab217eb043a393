"""Makes `workbench` and `strategies`, which stand beside the tests, importable: test folders are no packages."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
