"""What guides, ports and partners change in a directory: profiles in YAML, and the values they are read into."""
