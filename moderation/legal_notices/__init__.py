"""Notices of illegal content, open to everybody (Regulation (EU) 2022/2065, articles 16 and 22).

Public face: ``submitting.submit``; ``settling.settle`` and its opposites, called where reports are settled;
``queries.counted`` for the yearly report. The names of those who sent one are never shown to an author.
"""
