"""What the community's team does, at the level of the team: nobody is named (domain/escalation.md §C6).

Public face: ``team``, ``promises``, ``cases``.
"""
