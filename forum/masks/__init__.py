"""Ask under a mask: members read "a customer", the team can see who it is."""
