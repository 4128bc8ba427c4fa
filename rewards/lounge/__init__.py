"""The super-users' lounge: who holds a mandate and the team talk among themselves, former super-users read along.

Its messages are in tables of its own that nothing else reads: no list, search, feed, mail, counter or export of the forum
can show one, because none knows of them (design/UX.md §4.21, domain/rewards.md §A2.2).
"""
