"""The command line and the whole chain, as its user meets them."""
