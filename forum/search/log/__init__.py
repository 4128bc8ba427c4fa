"""What is searched, and whether it helped: counted by day, language and words, and by nobody's name.

``rules.py`` decides what may be kept of a text; ``noting.py`` counts in this process and writes down once a minute;
``queries.py`` reports to the team. For other packages: ``noting.count(kind)`` counts anything by day and language.
"""
