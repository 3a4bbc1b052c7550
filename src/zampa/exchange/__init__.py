"""Asking for data and getting it: requests with the five elements of Order 809 art. 20, the provider's answer item
by item, the grant that follows, its delivery by interface, table or file, the gateways that serve it, and what came
back of every call."""
