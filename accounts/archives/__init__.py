"""The archive of one's own data: asked for, made by a job, fetched within some days (GDPR articles 15 and 20)."""
