"""The figures, tables and data files of the documentation: computed, never typed."""
