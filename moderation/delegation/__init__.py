"""Who moderates a part only: moderators limited to categories, teams of outside providers, mentors of a category.

A right is granted for one category at a time. Whatever reads or decides at the desk asks for it in the same statement
(``scope``), so that a grant that ends is without effect with the next click.

Public face: ``scope`` (criteria for queries), ``granting``, ``teams``.
"""
