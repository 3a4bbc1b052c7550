"""Looking at many sources that are not ours: each look has a hard end, and one that hangs holds up no other.

A look runs in a process of its own kind, not in a thread: a driver that waits for ever, a parser that loops or a file
that swells cannot be stopped from inside, a process can. `rounds` decides whose turn it is, `prober` holds one such
process, `child` is what runs in it, `looking` is the look itself.
"""
