"""Synonyms: words and short phrases that mean the same, kept by the team per language, used at the moment of a search.

``rules.py`` says what a group may be, ``keeping.py`` changes groups, ``widening.py`` adds them to what was typed.
Nothing in the index depends on them: a change is in force at the next search, on every server and either engine.
"""
