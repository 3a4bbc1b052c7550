"""Other people's databases and files: one folder per engine, stated capabilities, one conformance suite for all."""
