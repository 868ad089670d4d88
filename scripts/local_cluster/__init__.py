"""The whole house on one machine without containers: brokers, object storage, store, workers, units, pages.

``scripts/cluster-local`` is its command line; tests take the parts that they need.
"""
