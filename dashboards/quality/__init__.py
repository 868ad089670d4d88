"""The page on how good the reviews and the cameras are."""
