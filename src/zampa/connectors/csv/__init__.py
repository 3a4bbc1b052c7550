"""CSV files: text only, strictly read, with the encoding detected and stated; a sidecar carries types and mark."""
