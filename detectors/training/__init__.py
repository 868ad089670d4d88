"""How the shipped models were trained, so that anyone can repeat it. Needs the ``train`` extra."""
