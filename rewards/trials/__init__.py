"""Product trials: campaigns, applications, selection anyone can recheck, dispatch, reports."""
