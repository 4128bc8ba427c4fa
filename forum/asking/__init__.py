"""The ask page: what is offered while somebody asks, and what became of it."""
