"""The page of retention: what is erased when, what is held, and what is left of erased cases."""
