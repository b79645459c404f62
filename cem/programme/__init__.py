"""The six-lessons programme: criteria, the evidence that the product gathers itself, what people add, the report."""
