"""Profiles that members report: a name, a presentation, a town; read by moderators on a page of their own."""
