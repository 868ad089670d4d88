"""The pages of a site: calibrate its camera by clicking points, and draw its lines and zones."""
