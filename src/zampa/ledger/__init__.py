"""The ledger (留痕): every decision and change of state, in one order nobody can alter unseen.

An act of any room enters a record; one sequencer puts records in order into a Merkle log and signs its state every
second. Parties, the provider's authority and the audit administrator read what a record says; everyone may check that
it stands where it stood.
"""
