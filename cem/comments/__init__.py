"""What customers write: read once, shown with what it speaks of, and corrected by people."""
