"""Which team answers a question, and who of it: teams, ordered rules, assignment by load, what comes back to the queue.

Public face: ``applying`` (route, re-route), ``assigning`` (name an agent, return cases), ``editing`` (teams and rules).
"""
