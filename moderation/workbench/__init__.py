"""The agents' workbench: who is at a case now, and an answer that is sent having seen what is new.

Public face: ``replying`` (answer a case), ``present`` (who is there).
"""
