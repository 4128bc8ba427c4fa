"""Members in the figures of the dashboard: whom solutions rest on, how many help and stay, newcomers, experts.

Public face: ``dependence``, ``pyramid``, ``newcomers``, ``programme``. Source: domain/escalation.md §C6.
"""
