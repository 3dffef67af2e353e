"""What the reader sees, decided once for all formats: a Working becomes headings, prose and equations."""
