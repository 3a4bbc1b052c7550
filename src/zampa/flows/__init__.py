"""Rows on their way from one department to another: read, checked, masked, written, and counted at both ends.

A flow is told what to do by data (contracts.flowspecs) and may be carried out in Python, or where it gives
exactly the same answer by the source's own SQL. `masks` and `filters` need nothing but Python, because the
gateway applies them to each call; the rest moves whole tables and needs pyarrow and psycopg.
"""
