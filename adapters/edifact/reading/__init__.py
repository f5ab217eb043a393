"""A stream of bytes to placed messages and interchanges, with every finding on them."""
