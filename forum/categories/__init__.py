"""Categories as pages: the index, and one category with its questions."""
