"""Who accompanies whom (domain/rewards.md §A2): mentors (R6) members of rank 3 and 4.

No schedules, quotas, assigned tasks, evaluations or penalties (§A6): nothing here counts what anybody does.
"""

from __future__ import annotations

LEAST, MOST = 3, 4
"""The ranks of who is accompanied; the next one, R5, ends it."""

WORDS_MOST = 500
