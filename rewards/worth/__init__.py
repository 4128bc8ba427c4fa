"""What members received, at its fair value, per civil year: the statement, the alert, and the stop."""
