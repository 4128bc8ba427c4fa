"""The team's pages of guides: the list with what is due, writing with a preview, versions."""
