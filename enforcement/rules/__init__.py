"""The offences, one module each: pure functions from a passage and a policy to a finding."""
