"""Members point out that a question is already covered elsewhere; trusted members and the team decide."""
