"""The entrance hall: settings, addresses, the shell of every page, the inbox, and the processes themselves."""
