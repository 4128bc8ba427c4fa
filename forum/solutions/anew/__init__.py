"""What is stored about questions, read anew from what happened: their states and their times.

Public face: ``happened.to_questions`` (the desk counts with it), ``happened.wrong_times``, ``states.wrong_states``.
"""
