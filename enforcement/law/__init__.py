"""The tables of a policy file, one module for what belongs together."""
