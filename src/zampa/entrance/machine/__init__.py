"""What an installation needs from the machine: the embedded database, the processes, backups, the doctor."""
