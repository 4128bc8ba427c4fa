"""Acts of a member's file about measures: points, bans, new accounts of nothing but mass messages (verbs: ``sanctions``)."""
