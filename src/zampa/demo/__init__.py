"""The story of `make demo`: four departments, three resources, three deliveries, every step in the ledger."""
