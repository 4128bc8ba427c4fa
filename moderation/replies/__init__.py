"""What a public text of the team is checked for, wherever it is written: ``guarding.check``, called by the screener."""
