"""``roadwitness evaluate``: our models and the pipeline against what is known to be true."""
