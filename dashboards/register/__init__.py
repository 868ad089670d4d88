"""The registrar's page: what the register is, and how often a service is asked."""
