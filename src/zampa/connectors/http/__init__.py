"""A provider's HTTP service that answers GET with JSON: a list of flat objects at a declared path of the answer."""
