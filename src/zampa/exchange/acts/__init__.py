"""Writes of the exchange, one file a subject."""
