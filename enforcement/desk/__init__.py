"""What officers at the desk share: who holds which case, who looked at what, and what they keep."""
