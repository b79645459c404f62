"""What the product itself knows of each criterion: one function a criterion, from the tables that hold it."""
