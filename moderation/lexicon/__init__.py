"""The words that make a question pressing, in French and English: kept as versions that managers change.

Public face: ``versions`` (the list in force, changing it, an older one again), ``weighing`` (the score of a question by it).
"""
