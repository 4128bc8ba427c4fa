"""Mentors accompany members of rank 3 and 4 who wish it: voluntary on both sides, without duties, ended by either at any time."""
