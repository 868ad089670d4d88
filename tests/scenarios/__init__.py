"""Scenes with their truth: what a driver really did, what the roadside saw of it, and what is an offence."""
