"""The catalogue: what data there is, who holds it, on what terms it is shared, and whether it is really there."""
