"""Browsing: rows of questions for every list of the site, and the filters that stand in its address."""
