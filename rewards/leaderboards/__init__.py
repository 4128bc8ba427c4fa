"""Who helped most lately: the last 7 and 30 days, everywhere and in each category. Nobody is ranked for all time."""
