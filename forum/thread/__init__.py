"""The question page: the thread as everybody sees it, kept in process, and its cards for one reader."""
