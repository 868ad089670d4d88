"""Messages, topics and the bus that carries them. Knows nothing of images, law or SQL."""
