"""Templates of replies: words the team uses again, with what is filled in, how often they are used, what customers said.

Public face: ``keeping`` (save, retire), ``using`` (fill in, note a use).
"""
