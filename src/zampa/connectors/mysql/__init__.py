"""MySQL 8 and MariaDB 10.6 or later, by a streaming cursor and multi-row INSERT; LOAD DATA stays off."""
