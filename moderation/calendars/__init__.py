"""When the team is there: calendars with time zones, weekly hours, public holidays and special days.

Source: domain/escalation.md §C1.3. Public face: ``keeping`` (make, change, take in a file, retire; ``content_of``: what a
clock keeps of a calendar), ``contents`` (that read back into a calendar to count with). Pages: ``desk``.
"""
