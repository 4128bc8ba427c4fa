"""Files of other forums as frozen rows: pure, one row after the other, no database."""
