"""The rules, one module per subject; `gateway.validation.table` lists them all."""
