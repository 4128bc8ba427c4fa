"""Who would have been given the cases of a forecast.

Public face: ``turns.case_of`` (a played case as a row), ``naming.name_all`` (all of them, moment by moment).
"""
