"""A simulated roadside site: a clip, its ground truth and the files a real site would have."""
