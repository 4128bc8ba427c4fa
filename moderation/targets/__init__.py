"""What the team promises: ordered policies of targets, the clocks of what was promised, and how far each category differs.

Source: domain/escalation.md §C1.4, §C1.5. Public face: ``choosing.keep_for`` (the terms a cycle begins under), ``promises``
(begin, fulfil, sound alarms), ``keeping`` and ``categories`` (what managers change). Pages: ``desk``; ``flask clocks``.
"""
