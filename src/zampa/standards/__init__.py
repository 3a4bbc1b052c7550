"""标准规范: the standards documents in force, the data elements and code lists they define, and how items fit them."""
