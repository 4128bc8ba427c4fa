"""The home page: search first, two computed figures, the questions of the moment."""
