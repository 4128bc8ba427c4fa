"""Product reviews: what owners and testers say of a product, read by the same rules whatever the rating.

A review is a post (``forum.questions.models.Post``), so that screening, the queue, reports, statements of reasons and
appeals treat it like any other text; rating and incentive stand beside it, where none of them looks. Whether a review was
given in exchange for something is asked of the package above through a port (``incentives``).
Sources: domain/rewards.md §A4.6, domain/moderation.md §B1.
"""
