"""Who works here: regions, departments, people and the posts they hold, their keys and tokens, and what each may do.

A clerk comes here to sign in, to find who sits where, to name a deputy before leave, and to read messages.
"""
