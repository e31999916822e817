"""Branches of a forecast under a scenario."""
