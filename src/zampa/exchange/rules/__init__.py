"""Pure decisions of the exchange, one file a subject: no database, no Django, the reason with every answer."""
