"""The schema's history, run by `gateway.store.schema`."""
