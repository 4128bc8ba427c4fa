"""Official guides: how-tos that the brand writes, checks again by a date, and takes away when they no longer hold.

``writing.py`` writes, publishes, withdraws and confirms; ``helping.py`` counts whom a guide helped; ``shelf.py`` finds
guides by words for the search and beside similar questions.
"""
