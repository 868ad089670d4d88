"""The auditor's pages: who did what, a case's whole story, and whether the chain is whole."""
