"""An answer in brief: the one to three passages that say most about what was asked, word for word, with their sources.

Nothing is written by a machine. ``rules.py`` cuts texts and weighs evidence, ``picking.py`` reads the best results as
everybody may see them and chooses, ``voting.py`` counts whether it answered.
"""
