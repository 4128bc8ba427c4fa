"""Managers order the teams and the rules: what is made, changed, moved and left, and the forms for it."""
