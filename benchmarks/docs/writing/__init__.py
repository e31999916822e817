"""What pages are written with: blocks between marks, tables in Markdown, figures."""
