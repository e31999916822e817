"""Trainings carried out: in this process, in several, on several hosts; results kept whole."""
