"""What users read: terminal, report, figures, worlds explained."""
