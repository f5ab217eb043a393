"""One package per standard: bytes to placed records and back, and that standard's own acknowledgments."""
