"""Small units drawn towards the mean of all, as far as their few answers leave it open."""
