"""Pictures of number plates, drawn: what a plate reader is trained on."""
