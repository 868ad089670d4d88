"""Papers about a case: the file for a court, the notice and the letter to the keeper, as PDF."""
