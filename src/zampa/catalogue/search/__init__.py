"""Searching the catalogue: feeding this machine's copy of the index, asking it, and telling people of new hits."""
