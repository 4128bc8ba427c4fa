"""Reports by members: their weight, hiding by threshold, and what came of them."""
