"""Official answers are read again: each has a day until which it holds, and then somebody says whether it still does.

Public face: ``checking``.
"""
