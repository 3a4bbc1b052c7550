"""Zampa (ཟམ་པ, "bridge"): government data sharing, one node of a system of levels."""

__version__ = "0.1.0"
