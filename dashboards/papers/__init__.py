"""Cases as papers: what of a case goes into which paper, and the buttons that make them."""
