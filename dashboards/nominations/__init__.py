"""Who was driving: the page on which keepers answer, and what officers see of the answer."""
