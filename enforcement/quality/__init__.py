"""How good the reviews and the cameras are, and what follows from it."""
