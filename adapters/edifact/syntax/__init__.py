"""Bytes to segments and back, by the rules of each syntax version: nothing here knows a directory."""
