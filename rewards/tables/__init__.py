"""The points table in editions: what each act brings, who changed it, and a table that runs on trial beside it."""
