"""Training our plate reader: degraded renderings, the network, fitting, calibration and export."""
