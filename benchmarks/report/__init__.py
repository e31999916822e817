"""What is shown: terminal, report, figures, worlds explained."""
