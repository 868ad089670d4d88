"""The named scenes of the simulator, one module each; :mod:`registry` lists them."""
