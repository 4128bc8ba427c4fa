"""The lists behind the figures: what a figure counted, line by line.

Public face: ``reading.lines``, ``known.LISTS``.
"""
