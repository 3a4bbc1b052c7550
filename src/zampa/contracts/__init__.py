"""The words both planes speak: frozen types for actors, schemas, checks, masks, filters, grants, calls, evidence."""
