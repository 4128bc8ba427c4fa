"""What campaigns of badges and missions brought, for the dashboard.

Public face: ``effects``. Source: domain/escalation.md §C6 (campaign impact).
"""
