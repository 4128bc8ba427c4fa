"""The catalogue beyond codes: goods that are sent, donations, what a rank brings for good, and thank-yous of the team."""
