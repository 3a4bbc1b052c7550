"""The gateway: stands beside the provider's data and answers granted calls, under a signed book of grants that it
fetched from the centre and keeps. It writes each call down before the answer leaves, and needs nobody to serve."""
