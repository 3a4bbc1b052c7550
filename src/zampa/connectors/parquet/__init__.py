"""Parquet files, which state their own types; the mark goes into the file's metadata."""
