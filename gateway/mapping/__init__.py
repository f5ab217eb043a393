"""YAML to checked map to generated reader and writer, with lineage; pure."""
