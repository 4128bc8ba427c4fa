"""What the community spares the team: contacts and money, each as a range with its assumptions (domain/escalation.md §C6).

Public face: ``sparing``.
"""
