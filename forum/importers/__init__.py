"""Bringing another forum's history here: ``flask import stackexchange DIR`` and ``flask import forum-csv DIR``.

A reader turns files into frozen rows (``rows.py``), one by one; ``taking_in.py`` brings the rows into the
database in chunks; what they are worth is told to the rewards through the port in ``booking.py``.
"""
