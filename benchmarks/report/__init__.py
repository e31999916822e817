"""What users see: terminal, report, figures, worlds explained."""
