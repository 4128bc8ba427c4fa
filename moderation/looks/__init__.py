"""What trusted members look at for everybody: first texts, late answers, samples a second time, suggested edits; what waits in
the category of a mentor's mandate; and newcomers, to be greeted.

It is unpaid (domain/rewards.md §A1.2: no volume rewards), limited by day, checked, and about published texts only, but for a
mentor within the mandate.

Public face: ``looking``, ``greeting``.
"""
