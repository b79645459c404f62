"""The application: one folder per noun, one per audience's concern."""
