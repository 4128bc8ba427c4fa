"""Official notices of the brand about a category or some of its products, such as a recall (design/UX.md §4, page 4).

Public face: ``queries.of_category``, ``of_product`` and ``for_question`` give the notices in force; ``writing`` is the desk's.
"""
