"""The case as a file that anyone can check offline: made here, verified without our store."""
