"""The charter and the terms of use: versions as data, who accepted which, and the notice before a change.

Source: domain/moderation.md §B6 (DSA article 14: terms are versioned, machine-readable, and changes are told).
Public face: ``queries.in_force``, ``accepting``; ``rules.set_clauses`` (what a charter must hold).
"""
