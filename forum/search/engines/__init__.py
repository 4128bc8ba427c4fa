"""The two makes of the index: Whoosh in the data folder, and PostgreSQL's full text. ``forum/search/index.py`` chooses.

Both rank by the same numbers (``weighing.py``).
"""
