"""What customers thought of it: asked once for each cycle, a day after a question was solved.

Public face: ``asking`` (note a solution, send what is due), ``answering`` (what somebody said).
"""
