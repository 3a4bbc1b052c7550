"""What every room stands on: the clock, working days, identifiers, digests and the five errors."""
