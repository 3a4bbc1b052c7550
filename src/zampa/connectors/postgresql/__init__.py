"""PostgreSQL 12 and later, by COPY in both directions."""
