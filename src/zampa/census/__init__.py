"""The inventory: which systems a department runs, and the connections through which their data can be reached.

A connection's secret is sealed before it is stored and opened only in the process that connects.
"""
