"""Telling members what happened: on the site, by mail, as each of them wishes."""
