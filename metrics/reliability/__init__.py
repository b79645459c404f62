"""How far a scale, a rater or a question measures one thing."""
