"""Maps between a standard's messages and the canonical documents: data only, one YAML per message version."""
