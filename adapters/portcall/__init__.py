"""Vessel events as JSON for port communities: CloudEvents around our own, DCSA's and ITPCO's vocabularies."""
