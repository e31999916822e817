"""Predictions of models from anywhere: read strictly, scored like any model, and declared."""
