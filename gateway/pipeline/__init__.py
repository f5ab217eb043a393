"""The one-way path: pure steps, and the runner that records each."""
