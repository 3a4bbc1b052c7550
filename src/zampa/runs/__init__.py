"""交付作业: one movement of rows or files under a grant, from its start to its proof.

A run carries what a delivery tells it: which fields of which table, checked and masked how, into the requester's own
database or into a file that the requester fetches. It shows how far it is, keeps back rows that fail a check for the
provider to mend, compares the digests of both ends, and, killed anywhere, starts again to the same end.
"""
