"""The studio: questionnaires checked, published and filled from files."""
